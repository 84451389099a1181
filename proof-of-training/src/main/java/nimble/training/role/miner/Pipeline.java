package nimble.training.role.miner;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.chain.StageSlot;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.training.role.MinerEffect;
import nimble.training.role.Outcome;
import nimble.training.role.Progress;
import nimble.training.role.SendTensor;
import nimble.training.role.StepTensor;
import nimble.training.role.StepTensor.Kind;
import nimble.training.role.Task;
import nimble.training.role.evidence.Norms;
import nimble.training.role.evidence.Plan;
import nimble.training.role.evidence.Position;
import nimble.training.role.evidence.RoundResult;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// One stage's part in the training pipeline: what to compute next, and what to tell the others.
///
/// Micro-batches go one forward, one backward (1F1B): backwards whenever a gradient is there,
/// otherwise forwards while fewer than the pipeline's depth are open. Both go in index order, which
/// fixes the order of sums.
final class Pipeline {
  /// Rounds computed beyond the open one, so that nobody waits for the chain (R7).
  static final int LOOK_AHEAD = 2;

  private enum State {
    /// Micro-batches run.
    STEPPING,
    /// Our norm is out; those of the others are awaited.
    NORMED,
    /// All steps of the round are done.
    CLOSING
  }

  private final StageWork work;
  private final Plan plan;
  private final Inbox inbox;
  private final Outbox outbox = new Outbox();
  private final Agreement agreement;
  private Seat seat;
  private Position at;
  private State state = State.STEPPING;
  private int forwards;
  private int backwards;
  private long normBits;
  private long progress;

  /// Something that was computed is not written up; and something of an earlier step.
  private boolean behind;

  private boolean overdue;

  /// The stage's work stands at the start of the seat's open round.
  Pipeline(Seat seat, StageWork work, Inbox inbox) {
    this.work = work;
    this.seat = seat;
    this.inbox = inbox;
    plan = seat.plan();
    agreement = new Agreement(seat.stage() == 0, seat.last());
    at = new Position(seat.attempt(), seat.openRound(), 0);
    inbox.moveTo(at);
  }

  /// The chain went on, in the same attempt.
  void seated(Seat now) {
    seat = now;
    outbox.counted(seat.openRound());
    agreement.counted(seat.openRound());
  }

  /// A root, from a stage that may send it.
  void told(StepTensor name, Hash root) {
    if (name.attempt() != at.attempt()
        || name.round() < seat.openRound()
        || name.round() > at.round() + 1) {
      return;
    }
    if (name.from().stage() < seat.stage()) {
      agreement.toldByStageBefore(name.round(), root);
    } else {
      agreement.toldByStageAfter(name.round(), root);
    }
  }

  List<SendTensor> again(PublicKey peer) {
    return outbox.again(peer);
  }

  List<SendTensor> again() {
    return outbox.again();
  }

  /// Computations done so far.
  long progress() {
    return progress;
  }

  Agreement agreement() {
    return agreement;
  }

  Position at() {
    return at;
  }

  private boolean finished() {
    return at.round() == plan.rounds().count();
  }

  /// The next computation, when its operands are there. The caller runs it and reports its outcome
  /// before it asks again. Books are written while the other stages are awaited, but memory for two
  /// steps must do.
  Optional<Task> next() {
    return due().or(() -> behind ? Optional.of(work::writeUp) : Optional.empty());
  }

  private Optional<Task> due() {
    return switch (state) {
      case CLOSING -> {
        int round = at.round();
        int keepFrom = seat.openRound();
        yield behind ? Optional.empty() : Optional.of(() -> work.endRound(round, keepFrom));
      }
      case NORMED -> norms().flatMap(this::stepTaken);
      case STEPPING ->
          finished() || at.round() > seat.openRound() + LOOK_AHEAD ? Optional.empty() : compute();
    };
  }

  List<MinerEffect> computed(Outcome outcome) {
    progress++;
    List<MinerEffect> effects = new ArrayList<>();
    switch (outcome) {
      case Outcome.Forwarded(int microBatch, Bytes output) -> {
        behind = true;
        forwards++;
        send(seat.stage() + 1, Kind.ACTIVATION, microBatch, output, effects);
        validated(effects);
      }
      case Outcome.Backed(int microBatch, Bytes inputGradient) -> {
        behind = true;
        backwards++;
        forwards = Math.max(forwards, backwards);
        if (trains() && seat.stage() > 0) {
          send(seat.stage() - 1, Kind.GRADIENT, microBatch, inputGradient, effects);
        }
        validated(effects);
      }
      case Outcome.Summed(long bits) -> normed(bits, effects);
      case Outcome.Stepped(var lossBits) -> {
        behind = true;
        long tokens =
            Math.multiplyExact(
                (long) plan.stages().getFirst().positions(), (long) plan.microBatches());
        effects.add(report(new Progress.Stepped(at.round(), at.step(), lossBits, tokens)));
        stepDone();
      }
      case Outcome.WrittenUp(var _, boolean all) -> {
        behind = !all;
        overdue &= behind;
      }
      case Outcome.Rounded(RoundResult roots, var _, var _) -> rounded(roots, effects);
      default -> Invariant.check(false, "a pipeline does not ask for %s", outcome);
    }
    return effects;
  }

  private Optional<Task> compute() {
    if (trains() && forwards == plan.microBatches() && backwards == forwards) {
      return overdue ? Optional.empty() : Optional.of(work::sum);
    }
    int open = trains() ? forwards - backwards : 0;
    if (open > 0) {
      int microBatch = backwards;
      Optional<Task> backward =
          take(Kind.GRADIENT, microBatch, seat.stage() + 1)
              .map(gradient -> () -> work.backward(microBatch, gradient));
      if (backward.isPresent()) {
        return backward;
      }
    }
    return forwards < plan.microBatches() && open < plan.depth() ? forward() : Optional.empty();
  }

  private Optional<Task> forward() {
    int round = at.round();
    int step = at.step();
    int microBatch = forwards;
    Optional<Bytes> input =
        seat.stage() == 0
            ? Optional.of(Bytes.EMPTY)
            : take(Kind.ACTIVATION, microBatch, seat.stage() - 1);
    return input.map(x ->
        seat.last()
            ? () -> work.train(round, step, microBatch, x)
            : () -> work.forward(round, step, microBatch, x));
  }

  /// A validation step has no gradient: it is over when its micro-batches are, and all say so.
  private void validated(List<MinerEffect> effects) {
    if (!trains() && forwards == plan.microBatches()) {
      normed(0, effects);
    }
  }

  private void normed(long bits, List<MinerEffect> effects) {
    normBits = bits;
    state = State.NORMED;
    for (int stage = 0; stage < plan.depth(); stage++) {
      if (stage != seat.stage()) {
        send(stage, Kind.NORM, 0, Bytes.ofU64(bits), effects);
      }
    }
  }

  /// The norms of all stages in order, once they are here.
  private Optional<Norms> norms() {
    List<Long> bits = new ArrayList<>();
    for (int stage = 0; stage < plan.depth(); stage++) {
      if (stage == seat.stage()) {
        bits.add(normBits);
      } else {
        inbox.find(name(stage, Kind.NORM, 0)).ifPresent(norm -> bits.add(norm.u64At(0)));
      }
    }
    return bits.size() == plan.depth() ? Optional.of(new Norms(bits)) : Optional.empty();
  }

  private Optional<Task> stepTaken(Norms norms) {
    if (trains()) {
      int round = at.round();
      int step = at.step();
      return Optional.of(() -> work.update(round, step, norms));
    }
    stepDone();
    return due();
  }

  private void stepDone() {
    overdue = behind;
    outbox.stepped(at);
    forwards = 0;
    backwards = 0;
    Position next = plan.after(at);
    if (next.round() == at.round()) {
      at = next;
      inbox.moveTo(at);
      state = State.STEPPING;
    } else {
      state = State.CLOSING;
    }
  }

  private void rounded(RoundResult roots, List<MinerEffect> effects) {
    agreement.computed(roots);
    if (seat.stage() > 0) {
      send(seat.stage() - 1, Kind.ROOT, 0, roots.left().bytes(), effects);
    }
    if (!seat.last()) {
      send(seat.stage() + 1, Kind.ROOT, 0, roots.right().bytes(), effects);
    }
    at = plan.after(at);
    inbox.moveTo(at);
    state = State.STEPPING;
  }

  private boolean trains() {
    return plan.trains(at.round(), at.step());
  }

  private Optional<Bytes> take(Kind kind, int microBatch, int fromStage) {
    return inbox.take(name(fromStage, kind, microBatch));
  }

  private void send(
      int toStage, Kind kind, int microBatch, Bytes payload, List<MinerEffect> effects) {
    effects.add(outbox.send(seat.holder(toStage), name(seat.stage(), kind, microBatch), payload));
  }

  private StepTensor name(int fromStage, Kind kind, int microBatch) {
    return new StepTensor(
        new StageSlot(seat.slot().job(), fromStage, seat.slot().replica()),
        at.attempt(),
        at.round(),
        at.step(),
        microBatch,
        kind);
  }

  private MinerEffect report(Progress progress) {
    return new MinerEffect.Report(seat.slot(), progress);
  }
}

package nimble.training.role;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import nimble.chain.WorkCall;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.crypto.Hashing;
import nimble.types.Hash;
import nimble.types.Moment;
import nimble.types.PublicKey;
import nimble.types.Span;
import org.jspecify.annotations.Nullable;

/// One slot's life, from the match to serving.
final class StageMiner {
  private static final long RETRY_MILLIS = 1_000;
  private static final int DECODES_MAX = 64;
  private static final Span STALL = new Span(5_000, 10);

  private enum Life {
    /// The program's class is to be measured.
    MEASURING,
    /// The initial state is to be made, once the data is here.
    STARTING,
    /// The initial state is there; the others accept.
    WAITING,
    TRAINING,
    /// The final state is to be cut into chunks.
    EXPORTING,
    /// The final state is to be fetched: this node did not train it, or has started again since.
    LOADING,
    SERVING,
    /// Memory is to be given back.
    CLOSING,
    CLOSED,
    /// Given up.
    FAILED
  }

  private record Decode(DecodeTensor tensor, Bytes input) {}

  private final StageWork work;
  private final Lane lane;
  private final Calls calls = new Calls();
  private final Inbox inbox;
  private final Deque<Decode> decodes = new ArrayDeque<>();
  private final List<MinerEffect> effects = new ArrayList<>();
  private Seat seat;
  private Moment now;
  private Life life;
  private @Nullable Hash numericClass;
  private @Nullable Bytes data;
  private @Nullable Pipeline pipeline;
  private @Nullable Hash exported;
  private int reported = -1;
  private long progress;
  private Moment stalled = new Moment(0, 0);

  StageMiner(Seat seat, Moment now, StageWork work) {
    this.seat = seat;
    this.now = now;
    this.work = work;
    lane = new Lane(seat.slot());
    inbox = new Inbox(seat.plan());
    life = firstLife();
  }

  private Life firstLife() {
    if (seat.phase() == Seat.Phase.TRAINED && seat.checkpoint().isPresent()) {
      effects.add(new MinerEffect.FetchData(seat.checkpoint().get()));
      return Life.LOADING;
    }
    if (seat.openRound() > 0) {
      report(new Progress.Failed("the state of round %d is lost".formatted(seat.openRound())));
      return Life.FAILED;
    }
    if (needsData()) {
      effects.add(new MinerEffect.FetchData(seat.plan().data()));
    } else {
      data = Bytes.EMPTY;
    }
    return Life.MEASURING;
  }

  boolean closed() {
    return life == Life.CLOSED;
  }

  Seat seat() {
    return seat;
  }

  void finalized(Moment moment, Seat newest) {
    seat = newest;
    now = moment;
    if (pipeline != null && life == Life.TRAINING) {
      trainingSeat(pipeline);
    }
  }

  private void trainingSeat(Pipeline running) {
    if (seat.phase() == Seat.Phase.TRAINED) {
      lane.abandon();
      life = Life.EXPORTING;
    } else if (running.seated(seat)) {
      lane.abandon();
      calls.none();
      reported = seat.openRound() - 1;
      report(new Progress.Restarted(seat.attempt(), seat.openRound()));
    } else if (running.progress() > progress) {
      progress = running.progress();
      stalled = STALL.after(now);
    } else if (stalled.reachedAt(now)) {
      // A tensor that a full queue refused is nobody's news: send again what may be missing.
      effects.addAll(running.again());
      stalled = STALL.after(now);
    }
  }

  /// Frees everything, once what is being computed has come back.
  void close() {
    if (life == Life.CLOSED || life == Life.CLOSING) {
      return;
    }
    lane.abandon();
    life = Life.CLOSING;
  }

  /// A tensor from a stage that may send it, of the size it must have.
  void received(StepTensor name, Bytes payload) {
    if (name.kind() != StepTensor.Kind.ROOT) {
      inbox.offer(name, payload);
    } else if (pipeline != null) {
      pipeline.told(name, new Hash(payload));
    }
  }

  void received(DecodeTensor tensor, Bytes input) {
    if (life != Life.SERVING || decodes.size() >= DECODES_MAX) {
      refuse(tensor, life == Life.SERVING ? "busy" : "the model is not ready");
    } else {
      decodes.addLast(new Decode(tensor, input));
    }
  }

  void connected(PublicKey peer) {
    if (pipeline != null) {
      effects.addAll(pipeline.again(peer));
    }
  }

  void fetched(Bytes blob) {
    if (data == null) {
      data = blob;
    }
  }

  /// Whether the blob is what this slot waits for.
  boolean wants(Hash manifest) {
    return data == null && manifest.equals(wanted());
  }

  void fetchFailed() {
    effects.add(new MinerEffect.StartTimer(seat.slot(), RETRY_MILLIS));
  }

  void retry() {
    if (data == null && (life == Life.LOADING || life == Life.MEASURING || life == Life.STARTING)) {
      effects.add(new MinerEffect.FetchData(wanted()));
    }
  }

  void stored(Hash manifest) {
    exported = manifest;
  }

  void computed(long task, Outcome outcome) {
    if (!lane.finished(task)) {
      return;
    }
    switch (outcome) {
      case Outcome.Probed(Hash measured) -> {
        numericClass = measured;
        report(new Progress.Measured(measured));
        life = Life.STARTING;
      }
      case Outcome.Ready _ when life == Life.STARTING -> life = Life.WAITING;
      case Outcome.Ready _ when life == Life.LOADING -> serve();
      case Outcome.Exported(var manifest, var chunks) -> {
        effects.add(new MinerEffect.StoreBlob(seat.slot(), manifest, chunks));
        serve();
      }
      case Outcome.Decoded(DecodeTensor tensor, Bytes output) -> decoded(tensor, output);
      case Outcome.DecodeRefused(DecodeTensor tensor, String reason) -> refuse(tensor, reason);
      case Outcome.Closed _ -> life = Life.CLOSED;
      default -> {
        Pipeline running = pipeline;
        Invariant.check(running != null, "nobody asked for %s", outcome);
        if (running != null) {
          effects.addAll(running.computed(outcome));
        }
      }
    }
  }

  /// A machine that fails is given up, not tried again: its state cannot be trusted.
  void failed(long task, String reason) {
    if (lane.finished(task)) {
      report(new Progress.Failed(reason));
      life = life == Life.CLOSING ? Life.CLOSED : Life.FAILED;
    }
  }

  /// What follows from all that happened.
  List<MinerEffect> effects() {
    begin();
    compareRoots();
    speak();
    if (lane.free()) {
      next().map(lane::start).ifPresent(effects::add);
    }
    List<MinerEffect> all = List.copyOf(effects);
    effects.clear();
    return all;
  }

  private void begin() {
    if (life == Life.WAITING && seat.phase() == Seat.Phase.RUNNING) {
      pipeline = new Pipeline(seat, work, inbox);
      life = Life.TRAINING;
    }
  }

  private Optional<Task> next() {
    return switch (life) {
      case MEASURING -> Optional.of(work::probe);
      case STARTING -> Optional.ofNullable(data).map(text -> () -> work.start(text));
      case LOADING -> Optional.ofNullable(data).map(blob -> () -> work.load(blob));
      case TRAINING -> pipeline == null ? Optional.empty() : pipeline.next();
      case EXPORTING -> {
        int round = seat.openRound();
        yield Optional.of(() -> work.export(round));
      }
      case SERVING ->
          Optional.ofNullable(decodes.pollFirst())
              .map(turn -> () -> work.decode(turn.tensor, turn.input));
      case CLOSING -> Optional.of(work::close);
      case WAITING, CLOSED, FAILED -> Optional.empty();
    };
  }

  /// Says on chain what the chain waits for.
  private void speak() {
    WorkCall call = due();
    if (call == null) {
      calls.none();
    } else {
      calls.want(call, now).ifPresent(effects::add);
    }
  }

  private @Nullable WorkCall due() {
    return switch (life) {
      case STARTING, WAITING -> entrance();
      case TRAINING ->
          pipeline == null || seat.committed()
              ? null
              : pipeline
                  .agreement()
                  .agreed(seat.openRound())
                  .map(roots -> roots.commit(seat.slot(), seat.attempt()))
                  .orElse(null);
      case SERVING ->
          exported == null || seat.checkpoint().isPresent()
              ? null
              : new WorkCall.CheckpointRecord(
                  seat.slot(), seat.openRound() - 1, seat.attempt(), exported);
      case MEASURING, EXPORTING, LOADING, CLOSING, CLOSED, FAILED -> null;
    };
  }

  private @Nullable WorkCall entrance() {
    Hash digest = numericClass;
    if (digest == null || seat.opened()) {
      return null;
    }
    if (!seat.accepted()) {
      return new WorkCall.JobAccept(
          seat.slot(), Hashing.of("class", digest.bytes(), seat.miner().bytes()));
    }
    return seat.allAccepted() ? new WorkCall.ClassOpen(seat.slot(), digest) : null;
  }

  /// Tells once per round and attempt what became of it.
  private void compareRoots() {
    if (pipeline == null || life != Life.TRAINING) {
      return;
    }
    Agreement agreement = pipeline.agreement();
    int round = Math.max(reported + 1, seat.openRound());
    Optional<RoundResult> agreed = agreement.agreed(round);
    if (agreed.isPresent()) {
      report(new Progress.Agreed(agreed.get()));
      reported = round;
    } else if (agreement.differsFromStageBefore(round)) {
      report(new Progress.Disagreed(round, seat.stage() - 1));
      reported = round;
    } else if (agreement.differsFromStageAfter(round)) {
      report(new Progress.Disagreed(round, seat.stage() + 1));
      reported = round;
    }
  }

  private void serve() {
    life = Life.SERVING;
    pipeline = null;
    data = Bytes.EMPTY;
    report(new Progress.Serving());
  }

  private void decoded(DecodeTensor tensor, Bytes output) {
    boolean release = tensor.kind() == DecodeTensor.Kind.RELEASE;
    if (!seat.last()) {
      DecodeTensor.Kind kind = release ? tensor.kind() : DecodeTensor.Kind.HIDDEN;
      effects.add(new SendTensor(seat.holder(seat.stage() + 1), tensor.as(kind), output));
    } else if (!release) {
      effects.add(new SendTensor(tensor.gateway(), tensor.as(DecodeTensor.Kind.CHOSEN), output));
    }
  }

  private void refuse(DecodeTensor tensor, String reason) {
    effects.add(
        new SendTensor(tensor.gateway(), tensor.as(DecodeTensor.Kind.REFUSED), Bytes.utf8(reason)));
  }

  private boolean needsData() {
    return seat.stage() == 0 || seat.last();
  }

  private Hash wanted() {
    return life == Life.LOADING ? seat.checkpoint().orElseThrow() : seat.plan().data();
  }

  private void report(Progress progress) {
    effects.add(new MinerEffect.Report(seat.slot(), progress));
  }
}

package nimble.training.role.miner;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import nimble.blob.Blob;
import nimble.chain.WorkCall;
import nimble.check.Invariant;
import nimble.codec.ByteSource;
import nimble.codec.Bytes;
import nimble.training.NumericClass;
import nimble.training.role.BaseFetch;
import nimble.training.role.Calls;
import nimble.training.role.Conduct;
import nimble.training.role.DecodeTensor;
import nimble.training.role.Lane;
import nimble.training.role.MinerEffect;
import nimble.training.role.Outcome;
import nimble.training.role.Progress;
import nimble.training.role.StepTensor;
import nimble.training.role.Task;
import nimble.training.role.evidence.Position;
import nimble.training.role.evidence.RoundIndex;
import nimble.training.role.evidence.RoundResult;
import nimble.training.role.evidence.StateBlob;
import nimble.types.Hash;
import nimble.types.Moment;
import nimble.types.PublicKey;
import nimble.types.Span;
import org.jspecify.annotations.Nullable;

/// One slot's life, from the match to serving.
final class StageMiner {
  private static final long RETRY_MILLIS = 1_000;
  private static final Span STALL = new Span(5_000, 10);

  private enum Life {
    /// The program's class is to be measured.
    MEASURING,
    /// The initial state is to be made, once the data is here.
    STARTING,
    /// All is there to begin; the others accept, or the present attempt is not ours any more.
    WAITING,
    /// The state of the open round is to be had.
    RESUMING,
    TRAINING,
    /// The final state is to be cut into chunks.
    EXPORTING,
    SERVING,
    /// Memory is to be given back.
    CLOSING,
    CLOSED,
    /// Given up: neither computes nor speaks.
    FAILED
  }

  private final StageWork work;
  private final Archive archive;
  private final Conduct conduct;
  private final Lane lane;
  private final Calls calls = new Calls();
  private final Calls records = new Calls();
  private final Inbox inbox;
  private final Serving serving;
  private final Resumption resumption;
  private final BaseFetch base;
  private final OptionalInt finishedAttempt;
  private final List<MinerEffect> effects = new ArrayList<>();
  private Seat seat;
  private Moment now;
  private Life life;
  private @Nullable Hash numericClass;
  private @Nullable ByteSource data;
  private @Nullable Pipeline pipeline;
  private int reported = -1;
  private boolean started;
  private boolean paused;
  private boolean timing;
  private long progress;
  private Moment stalled = new Moment(0, 0);

  StageMiner(Seat seat, Moment now, StageWork work, Archive archive, Conduct conduct) {
    this.seat = seat;
    this.now = now;
    this.work = work;
    this.archive = archive;
    this.conduct = conduct;
    lane = new Lane(seat.slot());
    inbox = new Inbox(seat.plan());
    serving = new Serving(work);
    resumption = new Resumption(work, archive, seat);
    base = new BaseFetch(seat.plan().base());
    finishedAttempt = finishedAttempt();
    life = firstLife();
  }

  /// An earlier process finished the open round, and may have committed to it: this one would be
  /// another witness of the same attempt, and waits for the next (R19).
  private OptionalInt finishedAttempt() {
    ShelfGroup open = ShelfGroup.round(seat.slot(), seat.attempt(), seat.openRound());
    return seat.committed() || archive.has(open)
        ? OptionalInt.of(seat.attempt())
        : OptionalInt.empty();
  }

  private Life firstLife() {
    if (seat.phase() == Seat.Phase.TRAINED) {
      data = Bytes.EMPTY;
      resumption.begin(seat);
      return Life.RESUMING;
    }
    wantData();
    return seat.opened() ? Life.STARTING : Life.MEASURING;
  }

  private void wantData() {
    if (seat.stage() == 0 || seat.last()) {
      effects.add(new MinerEffect.FetchData(seat.plan().data().manifest()));
    } else {
      data = Bytes.EMPTY;
    }
  }

  boolean closed() {
    return life == Life.CLOSED;
  }

  Seat seat() {
    return seat;
  }

  void finalized(Moment moment, Seat newest) {
    boolean redone = newest.attempt() != seat.attempt();
    seat = newest;
    now = moment;
    if (life == Life.SERVING || life == Life.EXPORTING) {
      if (seat.phase() != Seat.Phase.TRAINED) {
        trainAgain();
      }
    } else if (life == Life.RESUMING) {
      if (resumption.isOutdated(seat)) {
        resume();
      } else {
        resumption.seated(seat);
      }
    } else if (life == Life.TRAINING && pipeline != null) {
      trainingSeat(pipeline, redone);
    }
  }

  private void trainingSeat(Pipeline running, boolean redone) {
    if (seat.phase() == Seat.Phase.TRAINED) {
      resume();
    } else if (redone) {
      report(new Progress.Restarted(seat.attempt(), seat.openRound()));
      resume();
    } else {
      running.seated(seat);
      if (running.progress() > progress) {
        progress = running.progress();
        stalled = STALL.after(now);
      } else if (stalled.reachedAt(now)) {
        // A tensor that a full queue refused is nobody's news: send again what may be missing.
        effects.addAll(running.again());
        stalled = STALL.after(now);
      }
    }
  }

  /// The last rounds did not stand: back to work, for which the data set may be missing.
  private void trainAgain() {
    report(new Progress.Restarted(seat.attempt(), seat.openRound()));
    if (started) {
      resume();
    } else {
      lane.abandon();
      data = null;
      life = Life.STARTING;
      wantData();
    }
  }

  private void resume() {
    lane.abandon();
    if (!base.isWhole()) {
      base.restart();
    }
    calls.none();
    pipeline = null;
    progress = 0;
    reported = seat.openRound() - 1;
    resumption.begin(seat);
    life = Life.RESUMING;
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
    serving.received(tensor, input, life == Life.SERVING);
  }

  void connected(PublicKey peer) {
    if (pipeline != null) {
      effects.addAll(pipeline.again(peer));
    }
  }

  /// A blob that this slot may wait for: the data set, or the last checkpoint.
  void fetched(Hash manifest, ByteSource blob) {
    if (wantsData(manifest)) {
      data = blob;
    } else if (!base.fetched(manifest, blob)) {
      evidenceFetched(manifest, blob);
    }
  }

  void evidenceFetched(Hash manifest, ByteSource blob) {
    if (life == Life.RESUMING && resumption.wants(manifest)) {
      resumption.fetched(blob);
    }
  }

  /// One timer for all that did not come: when it fires, all that is missing is asked for.
  void fetchFailed(Hash manifest) {
    boolean missed =
        base.wants(manifest)
            || wantsData(manifest)
            || (life == Life.RESUMING && resumption.wants(manifest));
    if (missed && !timing) {
      timing = true;
      effects.add(new MinerEffect.StartTimer(seat.slot(), RETRY_MILLIS));
    }
  }

  private boolean wantsData(Hash manifest) {
    return data == null && manifest.equals(seat.plan().data().manifest());
  }

  void retry() {
    if (!timing) {
      return;
    }
    timing = false;
    base.again();
    if (life == Life.RESUMING) {
      resumption.retry();
    } else if (data == null && (life == Life.MEASURING || life == Life.STARTING)) {
      effects.add(new MinerEffect.FetchData(seat.plan().data().manifest()));
    }
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
      case Outcome.Ready _ when life == Life.STARTING -> {
        started = true;
        life = Life.WAITING;
      }
      case Outcome.Ready _ -> arrived();
      case Outcome.OfBase came -> {
        String problem = base.computed(came);
        if (!problem.isEmpty()) {
          report(new Progress.Paused(problem));
        }
      }
      case Outcome.Absent _ -> resumption.absent();
      case Outcome.Exported(StateBlob(var _, Blob blob)) -> {
        effects.add(new MinerEffect.StoreBlob(blob.manifest(), blob.chunks()));
        serve();
      }
      case Outcome.Decoded(DecodeTensor tensor, Bytes output) ->
          serving.decoded(seat, tensor, output);
      case Outcome.DecodeRefused(DecodeTensor tensor, String reason) ->
          serving.refuse(tensor, reason);
      case Outcome.Closed _ -> life = Life.CLOSED;
      default -> {
        Pipeline running = pipeline;
        Invariant.check(running != null, "nobody asked for %s", outcome);
        if (running != null) {
          Position at = running.at();
          keep(at, outcome);
          effects.addAll(running.computed(outcome));
          if (conduct.vanishesIn(at.round())) {
            vanish();
          }
        }
      }
    }
  }

  private void vanish() {
    pipeline = null;
    life = Life.FAILED;
  }

  /// R18: what is computed is kept until nobody can ask for it any more.
  private void keep(Position at, Outcome outcome) {
    ShelfGroup group = ShelfGroup.round(seat.slot(), at.attempt(), at.round());
    switch (outcome) {
      case Outcome.WrittenUp(var blobs, var _) -> blobs.forEach(blob -> archive.keep(group, blob));
      case Outcome.Rounded(var _, RoundIndex index, StateBlob end) -> {
        ShelfGroup state = ShelfGroup.state(seat.slot(), at.attempt(), at.round() + 1);
        archive.keep(state, end.blob());
        archive.write(state, StateName.of(end).encode());
        archive.write(group, index.encode());
      }
      default -> {}
    }
  }

  private void arrived() {
    boolean fromStore = resumption.arrived();
    if (seat.phase() != Seat.Phase.TRAINED) {
      pipeline = new Pipeline(seat, work, inbox);
      life = Life.TRAINING;
    } else if (fromStore) {
      serve();
    } else {
      life = Life.EXPORTING;
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
      next().ifPresent(task -> effects.add(lane.begin(task, MinerEffect.Compute::new)));
    }
    if (!isGone()) {
      base.request().map(MinerEffect.FetchData::new).ifPresent(effects::add);
    }
    effects.addAll(serving.effects());
    effects.addAll(resumption.effects());
    List<MinerEffect> all = List.copyOf(effects);
    effects.clear();
    return all;
  }

  private void begin() {
    if (life == Life.WAITING
        && seat.phase() == Seat.Phase.RUNNING
        && seat.opened()
        && !finishedAttempt.equals(OptionalInt.of(seat.attempt()))) {
      resume();
    }
  }

  private Optional<Task> next() {
    if (!base.isWhole() && (life == Life.STARTING || life == Life.RESUMING)) {
      return base.next(work.base());
    }
    return switch (life) {
      case MEASURING -> Optional.of(work::probe);
      case STARTING -> Optional.ofNullable(data).map(text -> () -> work.start(text));
      case RESUMING -> resumption.next();
      case TRAINING -> train();
      case EXPORTING -> {
        int round = seat.openRound();
        yield Optional.of(() -> work.export(round));
      }
      case SERVING -> serving.next();
      case CLOSING -> Optional.of(work::close);
      case WAITING, CLOSED, FAILED -> Optional.empty();
    };
  }

  private Optional<Task> train() {
    Pipeline running = pipeline;
    if (running == null) {
      return Optional.empty();
    }
    boolean full = archive.isFull();
    if (full && !paused) {
      report(new Progress.Paused("there is no room for evidence"));
    }
    paused = full;
    return full ? Optional.empty() : running.next();
  }

  /// Says on chain what the chain waits for.
  private void speak() {
    say(calls, due());
    say(records, isGone() ? Optional.empty() : Checkpoints.due(seat, archive));
  }

  private void say(Calls to, Optional<WorkCall> call) {
    call.ifPresentOrElse(
        wanted -> to.due(wanted, now).map(MinerEffect.Submit::new).ifPresent(effects::add),
        to::none);
  }

  private Optional<WorkCall> due() {
    return switch (life) {
      case STARTING, WAITING, RESUMING -> entrance();
      case TRAINING -> seat.accepted() && seat.opened() ? commitment() : entrance();
      case MEASURING, EXPORTING, SERVING, CLOSING, CLOSED, FAILED -> Optional.empty();
    };
  }

  /// Who has to accept again stands by the class that it showed.
  private Optional<WorkCall> entrance() {
    Optional<Hash> digest = seat.shown().or(() -> Optional.ofNullable(numericClass));
    if (!seat.accepted()) {
      return digest
          .map(it -> NumericClass.commitment(it, seat.miner()))
          .map(it -> new WorkCall.JobAccept(seat.slot(), seat.attempt(), it));
    }
    return digest
        .filter(_ -> seat.allAccepted() && !seat.opened())
        .map(it -> new WorkCall.ClassOpen(seat.slot(), it));
  }

  /// Nothing is committed to before it is kept (R18).
  private Optional<WorkCall> commitment() {
    Pipeline running = pipeline;
    int round = seat.openRound();
    if (running == null
        || seat.phase() != Seat.Phase.RUNNING
        || seat.committed()
        || !archive.has(ShelfGroup.round(seat.slot(), seat.attempt(), round))) {
      return Optional.empty();
    }
    return running
        .agreement()
        .agreed(round)
        .map(roots -> roots.commit(seat.slot(), seat.attempt()));
  }

  private boolean isGone() {
    return switch (life) {
      case CLOSING, CLOSED, FAILED -> true;
      case MEASURING, STARTING, WAITING, RESUMING, TRAINING, EXPORTING, SERVING -> false;
    };
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
    report(new Progress.Serving());
  }

  private void report(Progress progress) {
    effects.add(new MinerEffect.Report(seat.slot(), progress));
  }
}

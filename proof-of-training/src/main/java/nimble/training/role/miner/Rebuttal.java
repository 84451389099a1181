package nimble.training.role.miner;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.chain.WorkCall;
import nimble.codec.ByteSource;
import nimble.training.role.BaseFetch;
import nimble.training.role.Calls;
import nimble.training.role.Lane;
import nimble.training.role.MinerEffect;
import nimble.training.role.Outcome;
import nimble.training.role.Progress;
import nimble.training.role.Task;
import nimble.types.Hash;
import nimble.types.Moment;

/// What a miner says to those that find rounds of one slot wrong, whoever holds the stage by now
/// (R20, R23, R24). It has programs of its own, and computes beside whatever else the slot does.
final class Rebuttal {
  private static final long RETRY_MILLIS = 1_000;

  private final StageWork work;
  private final boolean concedes;
  private final Lane lane;
  private final Calls answers = new Calls();
  private final Calls moves = new Calls();
  private final Concessions concessions;
  private final Defences defences;
  private final BaseFetch base;
  private final List<MinerEffect> effects = new ArrayList<>();
  private Accusations newest;
  private Moment now;
  private boolean timing;
  private boolean holdsBase;

  /// @param concedes it admits a mistake, and stands by what is right
  Rebuttal(Accusations first, Moment now, StageWork work, Archive archive, boolean concedes) {
    this.newest = first;
    this.now = now;
    this.work = work;
    this.concedes = concedes;
    lane = Lane.beside(first.slot());
    concessions = new Concessions(archive);
    defences = new Defences(archive);
    base = new BaseFetch(first.plan().base());
    finalized(now, first);
  }

  void finalized(Moment moment, Accusations present) {
    now = moment;
    newest = present;
    if (concedes) {
      concessions.finalized(present);
    }
    defences.finalized(present);
  }

  /// Nobody accuses it any more.
  void withdrawn() {
    finalized(now, newest.none());
  }

  boolean isOver() {
    return newest.isEmpty() && lane.free() && !holdsBase;
  }

  void fetched(Hash manifest, ByteSource blob) {
    base.fetched(manifest, blob);
    concessions.fetched(manifest, blob);
    defences.fetched(manifest, blob);
  }

  /// It may not have been for this; then nothing is missing.
  void fetchFailed() {
    if (!timing && !newest.isEmpty()) {
      timing = true;
      effects.add(new MinerEffect.StartTimer(newest.slot(), RETRY_MILLIS));
    }
  }

  void retry() {
    if (timing) {
      timing = false;
      base.again();
      concessions.retry();
      defences.retry();
    }
  }

  /// False when the task is another's.
  boolean computed(long task, Outcome outcome) {
    if (!lane.finished(task)) {
      return false;
    }
    switch (outcome) {
      case Outcome.Reviewed(var audit, boolean right) -> {
        concessions.reviewed(audit, right);
        if (!right) {
          report(new Progress.Conceded(audit));
        }
      }
      case Outcome.Played played -> defences.played(played);
      case Outcome.OfBase came -> base.computed(came);
      case Outcome.Closed _ -> {
        holdsBase = false;
        base.restart();
      }
      default -> throw new IllegalStateException("nobody asked for " + outcome);
    }
    return true;
  }

  /// What failed is not tried again by this process.
  boolean failed(long task, String reason) {
    boolean ours = lane.finished(task);
    if (ours) {
      report(new Progress.Failed(reason));
    }
    return ours;
  }

  List<MinerEffect> effects() {
    say(answers, concessions.due());
    say(moves, defences.due());
    if (lane.free()) {
      next().ifPresent(task -> effects.add(lane.begin(task, MinerEffect.Compute::new)));
    }
    if (!newest.isEmpty()) {
      base.request().map(MinerEffect.FetchData::new).ifPresent(effects::add);
    }
    effects.addAll(concessions.effects());
    effects.addAll(defences.effects());
    List<MinerEffect> all = List.copyOf(effects);
    effects.clear();
    return all;
  }

  private Optional<Task> next() {
    if (newest.isEmpty()) {
      return holdsBase ? Optional.of(work::close) : Optional.empty();
    }
    if (!base.isWhole()) {
      Optional<Task> task = base.next(work.base());
      holdsBase |= task.isPresent();
      return task;
    }
    return defences.next(work).or(() -> concessions.next(work));
  }

  private void say(Calls to, Optional<WorkCall> call) {
    call.ifPresentOrElse(
        wanted -> to.due(wanted, now).map(MinerEffect.Submit::new).ifPresent(effects::add),
        to::none);
  }

  private void report(Progress progress) {
    effects.add(new MinerEffect.Report(newest.slot(), progress));
  }
}

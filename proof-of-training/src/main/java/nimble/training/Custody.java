package nimble.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.chain.WorkCall.CheckpointKept;
import nimble.chain.WorkCall.CheckpointRecord;
import nimble.genesis.TrainingParameters;
import nimble.ledger.Miners;
import nimble.ledger.StateView;
import nimble.ledger.Validators;
import nimble.training.spec.Rounds;
import nimble.types.Address;
import nimble.types.Moment;
import nimble.types.PublicKey;

/// Who holds what, so that a stage can go on without its miner (J13, J25).
public final class Custody {
  private Custody() {}

  /// Whether rounds wait for copies of what they made: where work is checked, it can be redone.
  static boolean isDemanded(TrainingParameters p) {
    return p.auditorsPerStage() > 0;
  }

  static boolean isCheckpointRound(Rounds rounds, int round, TrainingParameters p) {
    return rounds.isLast(round) || (round + 1L) % every(p) == 0;
  }

  private static long every(TrainingParameters p) {
    return Math.max(1, p.checkpointRounds());
  }

  /// Who may hold a copy of a stage's checkpoints: the next stage's miner, round about, then the
  /// keeper.
  public static List<Address> custodians(StateView state, Job job, int stage) {
    List<Address> found = new ArrayList<>();
    Address miner = job.stages().get(stage).miner();
    nextMiner(job, stage).ifPresent(found::add);
    Jobs.auditors(state, job.slot(stage)).stream()
        .filter(auditor -> auditor.numericClass().isPresent())
        .map(Auditor::account)
        .filter(account -> !account.equals(miner) && !found.contains(account))
        .findFirst()
        .ifPresent(found::add);
    return List.copyOf(found);
  }

  private static Optional<Address> nextMiner(Job job, int stage) {
    int next = (stage + 1) % job.stages().size();
    Address miner = job.stages().get(next).miner();
    return miner.equals(job.stages().get(stage).miner()) || job.isVacant(next)
        ? Optional.empty()
        : Optional.of(miner);
  }

  /// A round at the cadence is closed: its checkpoints are awaited.
  static void closed(Turn turn, int round) {
    Job job = turn.job();
    if (!isCheckpointRound(job.rounds(), round, turn.parameters())) {
      return;
    }
    Moment due = turn.parameters().accept().after(turn.now());
    List<ResumePoint.Part> parts =
        job.stages().stream()
            .map(stage -> ResumePoint.Part.of(stage.stateRoot().orElseThrow(), due))
            .toList();
    ResumePoint point = new ResumePoint(round, job.progress().failures(), parts);
    ResumePoints.add(turn.state(), job.id(), point);
  }

  static void check(StateView state, Job job, CheckpointRecord record) throws NotAwaited {
    ResumePoint point = point(state, job, record.round(), record.attempt());
    NotAwaited.unless(
        point.stages().get(record.slot().stage()).manifest().isEmpty(), "it is recorded");
  }

  static void check(StateView state, Job job, CheckpointKept kept) throws NotAwaited {
    int stage = kept.slot().stage();
    ResumePoint.Part part = point(state, job, kept.round(), kept.attempt()).stages().get(stage);
    NotAwaited.unless(
        custodians(state, job, stage).contains(kept.custodian()),
        "%s is no custodian of stage %d",
        kept.custodian(),
        stage);
    NotAwaited.unless(part.manifest().isPresent(), "the checkpoint is not recorded");
    NotAwaited.unless(
        !part.custodians().contains(kept.custodian()), "%s holds it", kept.custodian());
    NotAwaited.unless(part.custodians().size() < ResumePoint.CUSTODIANS_MAX, "enough hold it");
  }

  private static ResumePoint point(StateView state, Job job, int round, int attempt)
      throws NotAwaited {
    NotAwaited.unless(waitsForCheckpoints(job), "%s: no checkpoints are awaited", job.words());
    ResumePoint point =
        ResumePoints.at(state, job.id(), round)
            .orElseThrow(
                () -> NotAwaited.because("no checkpoint after round %d is awaited", round));
    NotAwaited.unless(
        point.attempt() == attempt,
        "attempt %d, round %d was closed in attempt %d",
        attempt,
        round,
        point.attempt());
    return point;
  }

  private static boolean waitsForCheckpoints(Job job) {
    return switch (job.state()) {
      case RUNNING, PAUSED -> true;
      case MATCHED -> job.progress().started().isPresent();
      case SETTLING -> job.completes();
      case COMPLETED, CANCELLED, FAILED, EXPIRED -> false;
    };
  }

  /// The next stage's miner speaks with a miner's key, the keeper with a validator's.
  static Optional<PublicKey> hotKey(StateView state, Job job, CheckpointKept kept) {
    Address custodian = kept.custodian();
    return nextMiner(job, kept.slot().stage()).equals(Optional.of(custodian))
        ? Miners.get(state, custodian).map(miner -> miner.hotKey())
        : Validators.get(state, custodian).map(validator -> validator.hotKey());
  }

  static void recorded(Turn turn, CheckpointRecord record) {
    int stage = record.slot().stage();
    turn.setStage(
        stage, turn.stage(stage).record(new Checkpoint(record.round(), record.manifest())));
    turn.happened(new JobEvent.CheckpointRecorded(stage, record.round(), record.manifest()));
    boolean nobody = custodians(turn.state(), turn.job(), stage).isEmpty();
    Optional<Moment> next =
        nextMiner(turn.job(), stage).map(miner -> turn.parameters().accept().after(turn.now()));
    change(
        turn,
        at(turn, record.round()),
        stage,
        part -> part.record(record.manifest(), next, nobody));
  }

  static void kept(Turn turn, CheckpointKept kept) {
    int stage = kept.slot().stage();
    Address custodian = kept.custodian();
    turn.happened(new AuditEvent.CheckpointHeld(stage, kept.round(), custodian));
    boolean awaited = nextMiner(turn.job(), stage).equals(Optional.of(custodian));
    change(
        turn,
        at(turn, kept.round()),
        stage,
        part -> part.keep(custodian, awaited ? Optional.empty() : part.due()));
  }

  private static ResumePoint at(Turn turn, int round) {
    return ResumePoints.at(turn.state(), turn.job().id(), round).orElseThrow();
  }

  private interface Change {
    ResumePoint.Part of(ResumePoint.Part part);
  }

  private static void change(Turn turn, ResumePoint point, int stage, Change change) {
    ResumePoint changed = point.with(stage, change.of(point.stages().get(stage)));
    ResumePoints.put(turn.state(), turn.job().id(), changed);
    if (changed.isReached() && !point.isReached()) {
      turn.happened(new AuditEvent.ResumePointReached(point.round()));
      forgetOld(turn);
    }
  }

  /// J25: somebody is late with a record or a copy.
  static void overdue(Turn turn) {
    if (turn.job().state() == JobState.PAUSED
        || turn.job().state() == JobState.MATCHED
        || !waitsForCheckpoints(turn.job())
        || !isDemanded(turn.parameters())) {
      return;
    }
    for (ResumePoint point : ResumePoints.of(turn.state(), turn.job().id())) {
      for (int stage = 0; stage < point.stages().size(); stage++) {
        ResumePoint.Part part = point.stages().get(stage);
        if (part.due().filter(due -> due.reachedAt(turn.now())).isPresent()) {
          ResumePoint now = at(turn, point.round());
          change(turn, now, stage, ResumePoint.Part::awaitNothing);
          strike(turn, point.round(), stage, part);
        }
      }
    }
  }

  /// Who could fetch a copy and did not is struck when the other custodian could; when neither
  /// could, it is the one who serves it; with one custodian only, nobody can tell, and both are.
  private static void strike(Turn turn, int round, int stage, ResumePoint.Part part) {
    String what = "checkpoint of stage %d after round %d".formatted(stage, round);
    if (part.manifest().isEmpty()) {
      turn.strike(stage, "J25", what + " is missing");
      return;
    }
    boolean keeper =
        custodians(turn.state(), turn.job(), stage).size() == ResumePoint.CUSTODIANS_MAX;
    if (!part.held()) {
      turn.strike(stage, "J25", what + " reached nobody");
    }
    if (part.held() || !keeper) {
      turn.strike((stage + 1) % turn.job().stages().size(), "J25", what + " was not co-signed");
    }
  }

  /// J25: the newest point that is not after the earliest unsettled round is as far as the job can
  /// ever go back; and what is not held when its rounds settle is not awaited any longer.
  static void forgetOld(Turn turn) {
    Job job = turn.job();
    int earliest = Lineage.earliestUnsettled(turn);
    int needed =
        ResumePoints.before(turn.state(), job.id(), earliest).map(ResumePoint::round).orElse(-1);
    long awaited = earliest - 1 - every(turn.parameters());
    for (int round : ResumePoints.rounds(turn.state(), job.id())) {
      if (round < needed || (round < awaited && !at(turn, round).isReached())) {
        ResumePoints.remove(turn.state(), job.id(), round);
      }
    }
  }

  /// The job is at the start of `round` again, or ends, and what was done from there on was false:
  /// what was recorded later is void, and what is held waits for nobody.
  static void backTo(Turn turn, int round) {
    for (ResumePoint point : ResumePoints.of(turn.state(), turn.job().id())) {
      if (point.round() < round && point.isReached()) {
        ResumePoints.put(turn.state(), turn.job().id(), point.awaitNothing());
      } else {
        ResumePoints.remove(turn.state(), turn.job().id(), point.round());
      }
    }
  }

  /// Of an ended job the newest point remains, of one that is done the last.
  static void end(Turn turn) {
    Job job = turn.job();
    int last = job.completes() ? job.rounds().count() - 1 : newest(turn);
    for (int round : ResumePoints.rounds(turn.state(), turn.job().id())) {
      if (round != last) {
        ResumePoints.remove(turn.state(), turn.job().id(), round);
      }
    }
  }

  /// Whether a closed round may settle: not before others hold what came shortly before it.
  static boolean allows(Turn turn, ClosedRound round) {
    Job job = turn.job();
    boolean waits =
        (job.state() != JobState.SETTLING || job.completes()) && isDemanded(turn.parameters());
    return !waits || newest(turn) >= round.round() - every(turn.parameters());
  }

  private static int newest(Turn turn) {
    return ResumePoints.before(turn.state(), turn.job().id(), Integer.MAX_VALUE)
        .map(ResumePoint::round)
        .orElse(-1);
  }

  /// Whether the model is safe: each stage's last checkpoint is recorded, and held where that is
  /// demanded.
  static boolean isComplete(Turn turn) {
    return Settlement.allRecorded(turn.job())
        && (!isDemanded(turn.parameters()) || newest(turn) == turn.job().rounds().count() - 1);
  }
}

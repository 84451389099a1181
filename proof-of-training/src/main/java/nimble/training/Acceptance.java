package nimble.training;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.chain.AuditCall.AuditorJoin;
import nimble.chain.AuditCall.AuditorOpen;
import nimble.chain.WorkCall.ClassOpen;
import nimble.chain.WorkCall.JobAccept;
import nimble.check.Invariant;
import nimble.ledger.Bonds;
import nimble.ledger.Escrows;
import nimble.training.matching.StageMatch;
import nimble.training.matching.Terms;
import nimble.training.spec.Limits;
import nimble.types.Address;
import nimble.types.Moment;

/// From MATCHED to RUNNING (J4).
final class Acceptance {
  private Acceptance() {}

  /// When whoever was just asked to accept, or to join as an auditor, is late.
  static Moment due(Turn turn) {
    return RoundLength.acceptance(turn.job().stages(), turn.now(), turn.parameters());
  }

  /// Gives stage `index` to the chosen miner: its bond is locked, its device taken.
  static void hold(Turn turn, int index, StageMatch.Choice choice) {
    Address miner = choice.candidate().miner();
    boolean locked =
        Bonds.lock(
            turn.state(),
            turn.job().slot(index),
            miner,
            choice.quote().bond(),
            choice.quote().bondMost());
    Invariant.check(locked, "miner %s has less bond than matching saw", miner);
    Jobs.hold(turn.state(), turn.job().id(), miner);
    Terms terms = turn.stage(index).terms();
    turn.happened(new JobEvent.Matched(index, miner, terms.offer(), terms.pricePerHour()));
  }

  static void accepted(Turn turn, JobAccept accept) {
    int index = accept.slot().stage();
    HeldStage stage = turn.stage(index);
    turn.setStage(index, stage.accept(accept.classCommitment()));
    turn.happened(new JobEvent.Accepted(index, stage.miner()));
    if (!turn.job().allAccepted() || turn.job().hasVacancy()) {
      return;
    }
    if (turn.job().state() == JobState.PAUSED) {
      callRoll(turn);
    }
    turn.set(turn.job().due(due(turn)));
    openWhenComplete(turn);
    startWhenOpened(turn);
  }

  /// A job that runs waits for those who have to accept again, and goes on when all are there
  /// (J29).
  static void callRoll(Turn turn) {
    turn.enter(JobState.MATCHED, due(turn), Optional.empty(), "");
    turn.happened(new JobEvent.RollCalled(turn.job().progress().round()));
  }

  static void joined(Turn turn, AuditorJoin join) {
    Auditors.joined(turn, join);
    openWhenComplete(turn);
  }

  /// Once nobody else can join, everybody shows their class.
  private static void openWhenComplete(Turn turn) {
    if (turn.job().state() == JobState.MATCHED
        && turn.job().allAccepted()
        && Auditors.complete(turn.state(), turn.job(), turn.parameters())) {
      beginOpening(turn);
    }
  }

  private static void beginOpening(Turn turn) {
    Jobs.putOpening(turn.state(), turn.job().id());
    turn.set(turn.job().due(turn.parameters().accept().after(turn.now())));
  }

  static void opened(Turn turn, ClassOpen open) {
    int index = open.slot().stage();
    turn.setStage(index, turn.stage(index).open(open.numericClass()));
    turn.happened(new JobEvent.ClassOpened(index, open.numericClass()));
    startWhenOpened(turn);
  }

  static void opened(Turn turn, AuditorOpen open) {
    Auditors.opened(turn, open);
    startWhenOpened(turn);
  }

  private static void startWhenOpened(Turn turn) {
    if (turn.job().state() == JobState.MATCHED
        && turn.job().allOpened()
        && Auditors.shortages(turn.state(), turn.job(), turn.parameters()).isEmpty()) {
      boolean before = turn.job().progress().started().isPresent();
      turn.set(turn.job().with(turn.job().progress().start(turn.now())));
      RoundRules.await(turn, JobState.RUNNING);
      turn.happened(
          before ? new JobEvent.Resumed() : new JobEvent.Started(turn.job().rounds().count()));
    }
  }

  /// A job that pauses for want of auditors goes on when it has them again (J15).
  static void resumeAudited(Turn turn) {
    Job job = turn.job();
    boolean waits =
        job.state() == JobState.PAUSED
            && job.allAccepted()
            && job.allOpened()
            && !job.hasVacancy()
            && job.stages().stream().noneMatch(HeldStage::isOut);
    if (waits
        && Auditors.shortages(turn.state(), job, turn.parameters()).isEmpty()
        && !Draws.waits(turn)) {
      RoundRules.await(turn, JobState.RUNNING);
      turn.happened(new JobEvent.Resumed());
    }
  }

  /// Validators had time to join: everybody shows their class. Or they had time for that too.
  static void overdue(Turn turn) {
    boolean opening = turn.job().allAccepted();
    if (opening && !Jobs.isOpening(turn.state(), turn.job().id())) {
      beginOpening(turn);
      return;
    }
    if (opening && turn.job().allOpened()) {
      unaudited(turn);
      return;
    }
    SortedMap<Integer, String> late = new TreeMap<>();
    String reason = opening ? "did not open its class" : "did not accept";
    for (int i = 0; i < turn.job().stages().size(); i++) {
      HeldStage stage = turn.stage(i);
      if (opening ? stage.numericClass().isEmpty() : !stage.hasAccepted()) {
        late.put(i, reason);
      }
    }
    replace(turn, late, hasStarted(turn) ? "J29" : "J4");
  }

  private static boolean hasStarted(Turn turn) {
    return turn.job().progress().started().isPresent();
  }

  /// Too few auditors came for somebody's class. Where they came for another it gives way to one
  /// who may be of that (J40); otherwise the job has to wait, or does not start (J15).
  private static void unaudited(Turn turn) {
    SortedMap<Integer, String> shortages =
        Auditors.shortages(turn.state(), turn.job(), turn.parameters());
    Optional<Integer> hopeless =
        shortages.keySet().stream()
            .filter(
                index -> !Auditors.awaitAnother(turn.state(), turn.job(), index, turn.parameters()))
            .findFirst();
    if (shortages.isEmpty()) {
      // Who votes may have changed since the last one opened.
      startWhenOpened(turn);
    } else if (hopeless.isEmpty()) {
      replace(turn, shortages, "J40");
    } else {
      String why = "stage %d: ".formatted(hopeless.get()) + shortages.get(hopeless.get());
      if (hasStarted(turn)) {
        RoundRules.pause(turn, why);
      } else {
        expire(turn, why);
      }
    }
  }

  /// A strike for each, and the next offer.
  ///
  /// @param reasons by stage
  /// @param rule that they broke
  private static void replace(Turn turn, SortedMap<Integer, String> reasons, String rule) {
    if (hasStarted(turn)) {
      reasons.forEach((index, reason) -> turn.strike(index, rule, reason));
      Rematch.stayedAway(turn, reasons);
      return;
    }
    for (var each : reasons.entrySet()) {
      turn.strike(each.getKey(), rule, each.getValue());
      if (!rematch(turn, each.getKey(), each.getValue())) {
        return;
      }
    }
    turn.set(turn.job().due(due(turn)));
  }

  private static boolean rematch(Turn turn, int index, String reason) {
    Job job = turn.job();
    if (job.progress().rematches() == Limits.REMATCHES_MAX) {
      return expire(turn, "%d miners were replaced".formatted(Limits.REMATCHES_MAX));
    }
    release(turn, index);
    turn.set(job.refuse(job.stages().get(index).miner()));
    SortedMap<Address, String> excluded = new TreeMap<>();
    turn.job().refused().forEach(miner -> excluded.put(miner, "left this job"));
    StageMatch match = Rematch.match(turn, index, excluded);
    Optional<StageMatch.Choice> choice = match.choice();
    if (choice.isEmpty()) {
      return expire(turn, "stage %d: %s; ".formatted(index, reason) + match.failure());
    }
    Terms old = turn.stage(index).terms();
    Terms terms = JobPlan.termsOf(choice.get(), old.stepOperations(), old.validationOperations());
    turn.setStage(
        index,
        HeldStage.of(choice.get().candidate().miner(), terms)
            .backTo(turn.job().order().startRoot(index), Optional.empty()));
    turn.set(turn.job().with(turn.job().progress().rematch()));
    if (!affordable(turn)) {
      turn.set(turn.job().withStage(index, job.stages().get(index)));
      return expire(turn, "the escrow does not cover the next offer for stage " + index);
    }
    hold(turn, index, choice.get());
    return true;
  }

  private static boolean affordable(Turn turn) {
    long budget = Escrows.get(turn.state(), turn.job().id()).orElseThrow().budget();
    try {
      return budget >= Costs.from(turn.job(), 0, turn.context().parameters());
    } catch (ArithmeticException e) {
      return false;
    }
  }

  private static boolean expire(Turn turn, String reason) {
    Settlement.begin(turn, JobState.EXPIRED, reason);
    return false;
  }

  /// Frees the bond and the device of whoever holds stage `index`.
  static void release(Turn turn, int index) {
    Address miner = turn.stage(index).miner();
    Bonds.unlock(turn.state(), turn.job().slot(index), miner);
    freeDevice(turn, miner);
  }

  static void freeDevice(Turn turn, Address miner) {
    if (Jobs.heldBy(turn.state(), miner).equals(Optional.of(turn.job().id()))) {
      Jobs.release(turn.state(), miner);
    }
  }
}

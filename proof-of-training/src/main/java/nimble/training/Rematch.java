package nimble.training;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import nimble.genesis.Parameters;
import nimble.ledger.Escrows;
import nimble.training.matching.StageMatch;
import nimble.training.matching.Terms;
import nimble.training.spec.JobSpec;
import nimble.training.spec.Limits;
import nimble.training.spec.StageNeed;
import nimble.types.Address;

/// Another miner for a stage (J4, J27).
final class Rematch {
  private Rematch() {}

  /// What the search for new miners came to.
  private sealed interface Found {
    record All(SortedMap<Integer, StageMatch.Choice> choices) implements Found {}

    record TooFew(String reason) implements Found {}
  }

  /// After whatever may have struck miners: those with too many strikes in this job are replaced.
  static void struckOut(Turn turn) {
    SortedSet<Integer> out = new TreeSet<>();
    for (int index : turn.struck()) {
      if (turn.stage(index).isOut()) {
        out.add(index);
      }
    }
    if (!out.isEmpty() && GoingBack.isPossible(turn.job())) {
      String reason = turn.lastStrike();
      seek(turn, out, reason).ifPresent(why -> pause(turn, reason, why));
    }
  }

  private static void pause(Turn turn, String reason, String why) {
    if (turn.job().state() == JobState.RUNNING) {
      RoundRules.pause(turn, "%s; %s".formatted(reason, why));
    }
  }

  /// Stages of a job that runs whose miners did not come, or showed a class that nobody serves. Who
  /// was new to its stage and showed none is out; the others keep it while nobody takes it (J29,
  /// J40).
  ///
  /// @param late why, by stage
  static void stayedAway(Turn turn, SortedMap<Integer, String> late) {
    for (int index : late.keySet()) {
      if (turn.stage(index).numericClass().isEmpty()) {
        turn.refuse(turn.stage(index).miner());
      }
    }
    SortedSet<Integer> out = vacant(turn.job());
    if (out.containsAll(late.keySet())) {
      fillVacancies(turn);
      return;
    }
    out.addAll(late.keySet());
    String reason = late.values().iterator().next();
    seek(turn, out, reason)
        .ifPresent(why ->
            RoundRules.pause(turn, "stages %s: %s; %s".formatted(late.keySet(), reason, why)));
  }

  private static SortedSet<Integer> vacant(Job job) {
    return IntStream.range(0, job.stages().size())
        .filter(job::isVacant)
        .boxed()
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /// Offers may have come since the job paused.
  static void seekAgain(Turn turn) {
    if (turn.job().state() != JobState.PAUSED || turn.now().height() % Limits.SEEK_BLOCKS != 0) {
      return;
    }
    SortedSet<Integer> out = vacant(turn.job());
    boolean drawn = !Draws.waits(turn);
    for (int i = 0; i < turn.job().stages().size(); i++) {
      HeldStage stage = turn.stage(i);
      if (!stage.hasAccepted()
          || stage.isOut()
          || (drawn && Auditors.awaitAnother(turn.state(), turn.job(), i, turn.parameters()))) {
        out.add(i);
      }
    }
    if (!out.isEmpty()) {
      seek(turn, out, "another miner takes the stage");
    }
  }

  /// Gives `stages` of a job that runs to others, from the newest resume point on.
  ///
  /// @return why that cannot be; then nothing is changed
  private static Optional<String> seek(Turn turn, SortedSet<Integer> stages, String reason) {
    return switch (find(turn, stages)) {
      case Found.TooFew(String why) -> Optional.of(why);
      case Found.All(var choices) -> {
        Optional<ResumePoint> point = GoingBack.before(turn, Integer.MAX_VALUE);
        if (!GoingBack.leadsOn(turn, point)) {
          yield Optional.of("the job is done");
        }
        if (!affordable(turn, choices, GoingBack.roundAfter(point))) {
          yield Optional.of("the escrow does not cover another miner");
        }
        GoingBack.to(turn, point, reason);
        if (!GoingBack.endsInstead(turn)) {
          install(turn, choices);
        }
        yield Optional.empty();
      }
    };
  }

  /// Gives the stages that nobody holds to others; the job is where they begin already. With nobody
  /// to take one it pauses; without the money for it, it fails.
  static void fillVacancies(Turn turn) {
    SortedSet<Integer> vacant = vacant(turn.job());
    if (vacant.isEmpty()) {
      return;
    }
    switch (find(turn, vacant)) {
      case Found.TooFew(String why) -> {
        if (turn.job().state() != JobState.PAUSED) {
          RoundRules.pause(turn, why);
        }
      }
      case Found.All(var choices) -> {
        if (affordable(turn, choices, turn.job().progress().round())) {
          install(turn, choices);
        } else {
          Settlement.begin(
              turn,
              JobState.FAILED,
              "the escrow does not cover another miner; " + GoingBack.lastPoint(turn));
        }
      }
    }
  }

  private static Found find(Turn turn, SortedSet<Integer> stages) {
    Job job = turn.job();
    if (job.progress().rematches() + stages.size() > Limits.REMATCHES_MAX) {
      return new Found.TooFew("%d miners were replaced".formatted(job.progress().rematches()));
    }
    SortedMap<Integer, StageMatch.Choice> choices = new TreeMap<>();
    SortedMap<Address, String> excluded = new TreeMap<>();
    job.refused().forEach(miner -> excluded.put(miner, "left this job"));
    stages.forEach(index -> excluded.put(turn.stage(index).miner(), "leaves this job"));
    for (int index : stages) {
      StageMatch match = match(turn, index, excluded);
      if (match.choice().isEmpty()) {
        return new Found.TooFew(match.failure());
      }
      choices.put(index, match.choice().get());
      excluded.put(match.choice().get().candidate().miner(), "takes stage " + index);
    }
    return new Found.All(choices);
  }

  static StageMatch match(Turn turn, int index, SortedMap<Address, String> excluded) {
    JobSpec spec = Jobs.spec(turn.state(), turn.job().id()).orElseThrow();
    return StageMatch.of(
        spec,
        StageNeed.of(spec).get(index),
        Candidates.all(turn.state(), turn.context().height(), turn.context().epoch()),
        excluded,
        turn.context().parameters());
  }

  /// Whether the escrow pays for what is closed, and for the rest with these miners.
  private static boolean affordable(Turn turn, Map<Integer, StageMatch.Choice> choices, int round) {
    try {
      Job changed = turn.job();
      for (var choice : choices.entrySet()) {
        changed =
            changed.withStage(choice.getKey(), stage(turn, choice.getKey(), choice.getValue()));
      }
      long audits = moreAudits(turn.job(), changed, round, turn.context().parameters());
      long needed = Math.addExact(Costs.from(changed, round, turn.context().parameters()), audits);
      return Money.budget(turn) >= Math.addExact(needed, Lineage.owed(turn));
    } catch (ArithmeticException e) {
      return false;
    }
  }

  /// What the audits of new miners may cost above those of their predecessors.
  private static long moreAudits(Job before, Job after, int round, Parameters p) {
    return Math.max(0, Costs.auditsFrom(after, round, p) - Costs.auditsFrom(before, round, p));
  }

  private static HeldStage stage(Turn turn, int index, StageMatch.Choice choice) {
    HeldStage before = turn.stage(index);
    Terms old = before.terms();
    Terms terms = JobPlan.termsOf(choice, old.stepOperations(), old.validationOperations());
    return HeldStage.of(choice.candidate().miner(), terms)
        .backTo(before.stateRoot(), before.checkpoint());
  }

  /// The new miners accept and show their classes, as at the start (J4).
  private static void install(Turn turn, SortedMap<Integer, StageMatch.Choice> choices) {
    Job before = turn.job();
    choices.forEach((index, choice) -> replace(turn, index, choice));
    Job after = turn.job();
    int round = after.progress().round();
    long audits = moreAudits(before, after, round, turn.context().parameters());
    Escrows.reserveAudits(turn.state(), turn.job().id(), audits);
    Jobs.removeOpening(turn.state(), turn.job().id());
    turn.enter(JobState.MATCHED, Acceptance.due(turn), Optional.empty(), "");
  }

  static void replace(Turn turn, int index, StageMatch.Choice choice) {
    HeldStage before = turn.stage(index);
    HeldStage after = stage(turn, index, choice);
    Leaver.leave(turn, index);
    turn.refuse(before.miner());
    turn.setStage(index, after);
    turn.set(turn.job().addFormer(before.earned()).with(turn.job().progress().rematch()));
    Acceptance.hold(turn, index, choice);
  }
}

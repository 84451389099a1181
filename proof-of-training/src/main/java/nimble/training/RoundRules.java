package nimble.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import nimble.chain.WorkCall.RoundCommit;
import nimble.codec.Bytes;
import nimble.codec.Writer;
import nimble.crypto.Merkle;
import nimble.types.Hash;
import nimble.types.Moment;

/// Rounds while a job runs (J7, J9).
final class RoundRules {
  private RoundRules() {}

  /// Waits for the commitments of the current round from now on.
  static void await(Turn turn, JobState state) {
    Moment due = RoundLength.due(turn.job(), turn.now(), turn.parameters());
    turn.enter(state, due, Optional.empty(), "");
  }

  static void committed(Turn turn, RoundCommit commit) {
    int index = commit.slot().stage();
    turn.setStage(index, turn.stage(index).commit(Optional.of(RoundRoots.of(commit))));
    if (turn.job().allCommitted()) {
      SortedSet<Integer> culprits = unequalEdges(turn.job());
      if (culprits.isEmpty()) {
        close(turn);
      } else {
        fail(turn, culprits, "edges of stages %s are unequal".formatted(culprits));
      }
    }
  }

  /// Stages at both sides of each edge where right(s) ≠ left(s + 1).
  private static SortedSet<Integer> unequalEdges(Job job) {
    SortedSet<Integer> stages = new TreeSet<>();
    for (int i = 0; i + 1 < job.stages().size(); i++) {
      Hash right = job.stages().get(i).committed().orElseThrow().rightRoot();
      Hash left = job.stages().get(i + 1).committed().orElseThrow().leftRoot();
      if (!right.equals(left)) {
        stages.add(i);
        stages.add(i + 1);
      }
    }
    return stages;
  }

  private static void close(Turn turn) {
    Job job = turn.job();
    int round = job.progress().round();
    List<RoundRoots> roots =
        job.stages().stream().map(stage -> stage.committed().orElseThrow()).toList();
    Losses losses = roots.getLast().losses();
    Moment settles = turn.parameters().window().after(turn.now());
    Jobs.put(turn.state(), job.id(), closed(job, turn.now(), settles));
    turn.set(
        job.withStages(job.stages().stream().map(HeldStage::advance).toList())
            .with(job.progress().close(turn.now(), losses)));
    Custody.closed(turn, round);
    List<Bytes> leaves = roots.stream().map(root -> Writer.encode(root::write)).toList();
    turn.happened(new JobEvent.RoundCommitted(round, Merkle.root(leaves), losses));
    if (job.rounds().isLast(round)) {
      Settlement.begin(turn, JobState.COMPLETED, "");
    } else if (job.progress().cancelled()) {
      Settlement.begin(turn, JobState.CANCELLED, "cancelled by its sender");
    } else {
      if (job.state() == JobState.PAUSED) {
        turn.happened(new JobEvent.Resumed());
        await(turn, JobState.RUNNING);
      }
      turn.set(turn.job().due(RoundLength.due(turn.job(), turn.now(), turn.parameters())));
    }
  }

  private static ClosedRound closed(Job job, Moment now, Moment settles) {
    JobProgress at = job.progress();
    List<ClosedStage> stages = new ArrayList<>();
    for (HeldStage stage : job.stages()) {
      long operations = stage.terms().operations(job.rounds(), at.round());
      stages.add(
          new ClosedStage(
              stage.miner(),
              stage.numericClass().orElseThrow(),
              stage.terms().auditRatePermille(),
              stage.committed().orElseThrow(),
              stage.stateRoot(),
              operations,
              stage.terms().price(operations),
              true));
    }
    return new ClosedRound(at.closed(), at.round(), at.failures(), now, settles, 0, stages);
  }

  /// Somebody's commitment is missing when the round is due; not that of who may not make one.
  static void overdue(Turn turn) {
    if (turn.job().isFull()) {
      await(turn, JobState.RUNNING);
      return;
    }
    SortedSet<Integer> missing = new TreeSet<>();
    int stages = turn.job().stages().size();
    for (int i = 0; i < turn.job().stages().size(); i++) {
      if (turn.stage(i).committed().isEmpty()) {
        missing.add(i);
      }
    }
    if (missing.size() == stages && stages > 1) {
      callRoll(turn);
    } else {
      fail(turn, missing, "no commitment of stages %s".formatted(missing));
    }
  }

  /// J29: one stage that is missing stalls all, and nobody can tell which: they have to say.
  private static void callRoll(Turn turn) {
    beginAnew(turn, "no stage committed");
    turn.set(turn.job().withStages(turn.job().stages().stream().map(HeldStage::call).toList()));
    if (!GoingBack.endsInstead(turn)) {
      Acceptance.callRoll(turn);
    }
  }

  /// The current round counts for nobody and begins anew.
  private static void fail(Turn turn, SortedSet<Integer> culprits, String reason) {
    boolean running = turn.job().state() == JobState.RUNNING;
    beginAnew(turn, reason);
    culprits.forEach(
        index -> turn.strike(index, "J7", "round %d: ".formatted(round(turn)) + reason));
    if (!GoingBack.endsInstead(turn) && running) {
      await(turn, JobState.RUNNING);
    }
  }

  private static void beginAnew(Turn turn, String reason) {
    JobProgress progress = turn.job().progress();
    turn.happened(
        new JobEvent.RoundFailed(
            progress.round(), progress.attempt(), Text.cut(reason, JobEvent.REASON_MAX)));
    turn.set(
        turn.job()
            .withStages(turn.job().stages().stream().map(s -> s.commit(Optional.empty())).toList())
            .with(progress.fail()));
  }

  static void pause(Turn turn, String reason) {
    Moment due = turn.parameters().idle().after(turn.now());
    turn.enter(JobState.PAUSED, due, Optional.empty(), reason);
    turn.happened(new JobEvent.Paused(turn.job().status().reason()));
  }

  private static int round(Turn turn) {
    return turn.job().progress().round();
  }
}

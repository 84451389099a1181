package nimble.training.role.evidence;

import java.util.List;
import java.util.Optional;
import nimble.check.Invariant;
import nimble.codec.ByteSource;
import nimble.training.Job;
import nimble.training.spec.BaseSpec;
import nimble.training.spec.DataSpec;
import nimble.training.spec.JobSpec;
import nimble.training.spec.Rounds;
import nimble.types.Hash;
import nimble.vm.StageSpec;
import nimble.vm.TrainingSpec;
import nimble.vm.data.DataSet;

/// What stays the same while a job lives, as its miners need it. A round is its training steps,
/// then its validation batches as steps without gradient.
///
/// @param stages in order
/// @param base what the stages are on, or begin with
/// @param beacon of the block that matched the job: seeds the class probe
public record Plan(
    List<StageSpec> stages,
    TrainingSpec training,
    Rounds rounds,
    Optional<BaseSpec> base,
    DataSpec data,
    Hash beacon) {
  public Plan {
    stages = List.copyOf(stages);
    Invariant.check(!stages.isEmpty(), "no stages");
    Invariant.check(
        rounds.before() + rounds.steps() == training.steps(), "%s for other steps", rounds);
  }

  /// Of weights that the seed gives.
  public Plan(
      List<StageSpec> stages, TrainingSpec training, Rounds rounds, DataSpec data, Hash beacon) {
    this(stages, training, rounds, Optional.empty(), data, beacon);
  }

  /// Of a job that is matched, as it was ordered.
  public static Plan of(Job job, JobSpec spec) {
    return new Plan(
        spec.stageSpecs(),
        spec.training(),
        job.rounds(),
        spec.base(),
        spec.data(),
        job.order().beacon());
  }

  /// The data set that its bytes are.
  public DataSet open(ByteSource bytes) {
    return data.open(bytes, stages.getFirst().model());
  }

  /// How many stages there are.
  public int depth() {
    return stages.size();
  }

  /// Of a step.
  public int microBatches() {
    return training.microBatches();
  }

  /// Whether `step` of `round` trains, rather than validates.
  public boolean trains(int round, int step) {
    return step < rounds.stepsOf(round);
  }

  /// The optimizer's step, counted on from those of the job before.
  long step(int round, int step) {
    return (long) rounds.firstStep(round) + step;
  }

  /// The optimizer's steps behind the start of `round`, or behind the end.
  public long stepsBehind(int round) {
    return training.steps() - rounds.stepsFrom(round);
  }

  /// The place of a held-out micro-batch in its validation.
  int validation(int round, int step, int microBatch) {
    return (step - rounds.stepsOf(round)) * microBatches() + microBatch;
  }

  /// Inputs and labels of a micro-batch, by the order rule.
  public DataSet.Example example(
      DataSet data, StageSpec stage, int round, int step, int microBatch) {
    return trains(round, step)
        ? data.training(stage, training, step(round, step), microBatch)
        : data.validation(stage, training.seed(), validation(round, step, microBatch));
  }

  /// The end of the job has nothing after it.
  public Position after(Position at) {
    if (at.round() >= rounds.count()) {
      return at;
    }
    int steps = rounds.stepsOf(at.round()) + rounds.validationBatches(at.round());
    return at.step() + 1 < steps
        ? new Position(at.attempt(), at.round(), at.step() + 1)
        : new Position(at.attempt(), at.round() + 1, 0);
  }
}

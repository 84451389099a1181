package nimble.training.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.vm.Cuts;
import nimble.vm.Metering;
import nimble.vm.ModelSpec;
import nimble.vm.StageSpec;
import nimble.vm.TrainingSpec;

/// What one stage of a job asks of a machine, metered (J3).
///
/// @param stepOperations of one optimizer step
/// @param validationOperations of one batch without a gradient
/// @param memoryBytes weights and moments; a step's gradient as a sum, as a micro-batch adds to it,
///   as it is committed to and as that is read back; the base and one layer's work on it; for every
///   micro-batch of a step its activations and both its edges with their gradients
/// @param edgeBytes sent to the next stage in one step, and again backwards
public record StageNeed(
    int stage,
    int firstLayer,
    int endLayer,
    long parameters,
    long stepOperations,
    long validationOperations,
    long memoryBytes,
    long edgeBytes) {
  /// In fp32: the sum so far, that of one micro-batch, and what a library has of it on the way.
  private static final int GRADIENTS = 3;

  public static List<StageNeed> of(JobSpec spec) {
    return of(spec.model(), spec.base(), spec.training(), spec.cuts());
  }

  public static List<StageNeed> of(
      ModelSpec model, Optional<BaseSpec> base, TrainingSpec training, Cuts cuts) {
    List<StageNeed> needs = new ArrayList<>();
    for (StageSpec stage : cuts.of(model, training.rows())) {
      needs.add(of(needs.size(), stage, base, training));
    }
    return List.copyOf(needs);
  }

  /// Of one stage.
  public static StageNeed of(
      int index, StageSpec stage, Optional<BaseSpec> base, TrainingSpec training) {
    Metering metering = Metering.of(stage);
    int microBatches = training.microBatches();
    long held = metering.baseBytes() + metering.workBytes();
    if (base.isPresent() && stage.model().lora().isEmpty()) {
      held = Math.multiplyExact(metering.parameters(), base.get().storage().bytes());
    }
    long edges = Math.addExact(metering.inputBytes(), metering.outputBytes());
    long perMicroBatch = Math.addExact(metering.activationBytes(), 2 * edges);
    return new StageNeed(
        index,
        stage.firstLayer(),
        stage.endLayer(),
        metering.parameters(),
        metering.step(microBatches),
        Math.multiplyExact(metering.forward(), microBatches),
        Math.addExact(
            Math.addExact(held, metering.stateBytes() + gradientBytes(metering, training)),
            Math.multiplyExact(perMicroBatch, microBatches)),
        stage.last() ? 0 : Math.multiplyExact(metering.outputBytes(), microBatches));
  }

  private static long gradientBytes(Metering metering, TrainingSpec training) {
    int parameters = Math.toIntExact(metering.parameters());
    return (long) GRADIENTS * Float.BYTES * parameters + training.gradientCodec().size(parameters);
  }

  /// What checking a step, or a batch without a gradient, of a round of `roundSteps` takes: its
  /// passes, and all updates of the round. A batch without a gradient is given one (V5).
  public long auditOperations(int roundSteps, boolean trains) {
    long update = Math.multiplyExact(parameters, Metering.UPDATE_OPERATIONS);
    long passes = Math.addExact(stepOperations - update, trains ? 0 : validationOperations);
    return Math.addExact(passes, Math.multiplyExact(update, roundSteps));
  }

  /// A bound on what a step may cost when every round ends with the longest validation.
  long stepOperationsMost() {
    return Math.addExact(
        stepOperations, Math.multiplyExact(validationOperations, Rounds.FINAL_VALIDATION_BATCHES));
  }

  /// Of `round`, validation included.
  public long operations(Rounds rounds, int round) {
    return operations(rounds.stepsOf(round), rounds.validationBatches(round));
  }

  /// Of the whole job.
  public long operations(Rounds rounds) {
    return operations(rounds.steps(), rounds.validationBatches());
  }

  private long operations(long steps, long validationBatches) {
    return Math.addExact(
        Math.multiplyExact(stepOperations, steps),
        Math.multiplyExact(validationOperations, validationBatches));
  }
}

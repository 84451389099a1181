package nimble.training.role.evidence;

import nimble.vm.Layout;
import nimble.vm.StageSpec;

/// How much a stage keeps of one round: counts and bytes that follow from the plan.
///
/// @param depth stages of the job
/// @param trained steps with a gradient; validation batches follow them
record RoundShape(
    StageSpec stage, int depth, int trained, int validated, int microBatches, int gradientBytes) {
  static RoundShape of(Plan plan, int stage, int round) {
    StageSpec spec = plan.stages().get(stage);
    return new RoundShape(
        spec,
        plan.depth(),
        plan.rounds().stepsOf(round),
        plan.rounds().validationBatches(round),
        plan.microBatches(),
        plan.training().gradientCodec().size(Layout.of(spec).count()));
  }

  int steps() {
    return trained + validated;
  }

  boolean trains(int step) {
    return step < trained;
  }
}

package nimble.training.dispute;

import nimble.vm.GradientCodec;
import nimble.vm.StageSpec;
import nimble.vm.TrainingSpec;
import nimble.vm.trace.Rule;
import nimble.vm.trace.TraceForm;

/// What a dispute is about: follows from the job and the audited step.
///
/// @param form of each micro-batch
public record Board(TraceForm form, int microBatches, GradientCodec codec) {
  public static final int TENSORS_MAX = 512;

  /// @param trains the step is one of training, not a validation batch
  public static Board of(StageSpec stage, TrainingSpec training, boolean trains) {
    int microBatches = training.microBatches();
    return new Board(TraceForm.of(stage, training, trains), microBatches, training.gradientCodec());
  }

  /// Whether there is a game about such a step: every operator can be judged, and there is room for
  /// them all.
  public static boolean isPlayable(StageSpec stage, TrainingSpec training, boolean trains) {
    return TraceForm.covers(stage)
        && of(stage, training, trains).form().tensors().size() <= TENSORS_MAX;
  }

  /// Number of the input's gradient where it is committed to: the first stage sends it to nobody.
  int inputGradient() {
    return form.spec().first() ? Rule.NONE : form.inputGradient();
  }

  int count(int tensor) {
    return form.tensor(tensor).count();
  }
}

package nimble.training.dispute;

import java.util.List;
import nimble.vm.Dropout;
import nimble.vm.StageSpec;
import nimble.vm.TrainingSpec;
import nimble.vm.gradient.GradientCodec;
import nimble.vm.trace.Rule;
import nimble.vm.trace.TraceForm;
import nimble.vm.trace.TraceTensor;

/// What a dispute is about: follows from the job and the audited step.
///
/// @param form of each micro-batch
public record Board(TraceForm form, int microBatches, GradientCodec codec) {
  public static final int TENSORS_MAX = 1_024;

  /// @param trains the step is one of training, not a validation batch
  public static Board of(StageSpec stage, TrainingSpec training, boolean trains) {
    int microBatches = training.microBatches();
    return new Board(TraceForm.of(stage, training, trains), microBatches, training.gradientCodec());
  }

  /// Whether there is a game about such a step: there is room for all its tensors, and nothing is
  /// left out of them.
  public static boolean isPlayable(StageSpec stage, TrainingSpec training, boolean trains) {
    if (trains && Dropout.isIn(stage.model())) {
      return false;
    }
    List<TraceTensor> tensors = of(stage, training, trains).form().tensors();
    return tensors.size() <= TENSORS_MAX && tensors.stream().allMatch(TraceTensor::canBeMade);
  }

  /// Number of the input's gradient where it is committed to: the first stage sends it to nobody.
  int inputGradient() {
    return form.spec().first() ? Rule.NONE : form.inputGradient();
  }

  int count(int tensor) {
    return form.tensor(tensor).count();
  }
}

package nimble.training.dispute;

import java.util.List;
import nimble.vm.Draw;
import nimble.vm.StageSpec;
import nimble.vm.TrainingSpec;
import nimble.vm.gradient.GradientCodec;
import nimble.vm.trace.Rule;
import nimble.vm.trace.TraceForm;
import nimble.vm.trace.TraceTensor;

/// What a dispute is about: follows from the job and the audited step.
///
/// @param form of any micro-batch
/// @param step of the whole training
public record Board(TraceForm form, TrainingSpec training, long step) {
  public static final int TENSORS_MAX = 1_024;

  /// @param trains the step is one of training, not a validation batch
  /// @param step of the whole training; of no account to a validation batch
  public static Board of(StageSpec stage, TrainingSpec training, boolean trains, long step) {
    return new Board(TraceForm.of(stage, training, trains), training, step);
  }

  /// Whether there is a game about such a step: there is room for all its tensors.
  public static boolean isPlayable(StageSpec stage, TrainingSpec training, boolean trains) {
    List<TraceTensor> tensors = TraceForm.of(stage, training, trains).tensors();
    return tensors.size() <= TENSORS_MAX && tensors.stream().allMatch(TraceTensor::canBeMade);
  }

  public int microBatches() {
    return training.microBatches();
  }

  GradientCodec codec() {
    return training.gradientCodec();
  }

  TraceForm form(int microBatch) {
    return form.of(Draw.of(training, step, microBatch));
  }

  /// Number of the input's gradient where it is committed to: the first stage sends it to nobody.
  int inputGradient() {
    return form.spec().first() ? Rule.NONE : form.inputGradient();
  }

  int count(int tensor) {
    return form.tensor(tensor).count();
  }
}

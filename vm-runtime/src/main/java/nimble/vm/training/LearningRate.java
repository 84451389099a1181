package nimble.vm.training;

import nimble.vm.TrainingSpec;

/// Linear warm-up, then by the [nimble.vm.Schedule] from the full rate to the least at the last
/// step, in fp64 and cast once (T4).
final class LearningRate {
  private LearningRate() {}

  /// @param step from 0
  static float at(TrainingSpec training, long step) {
    double full = training.learningRate();
    int warmup = training.warmup();
    if (step < warmup) {
      return (float) (full * (step + 1) / (warmup + 1));
    }
    double least = training.minLearningRate();
    double done = Math.min(1, (double) (step - warmup) / Math.max(1, training.steps() - warmup));
    return (float) (least + training.schedule().left(done) * (full - least));
  }
}

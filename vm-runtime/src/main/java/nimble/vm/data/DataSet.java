package nimble.vm.data;

import nimble.codec.Bytes;
import nimble.vm.StageSpec;
import nimble.vm.TrainingSpec;

/// What a model is trained on: rows to train on and rows held out, both in an order that follows
/// from the seed (T1).
public sealed interface DataSet permits TextData, ExampleData {
  /// The rows of a training micro-batch.
  Example training(StageSpec stage, TrainingSpec training, long step, int microBatch);

  /// The rows of a held-out micro-batch, the same at every call.
  Example validation(StageSpec stage, long seed, int index);

  /// What the first stage takes and the last stage compares with.
  record Example(Bytes inputs, Bytes labels) {}
}

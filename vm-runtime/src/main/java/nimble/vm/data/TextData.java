package nimble.vm.data;

import java.util.List;
import nimble.check.Invariant;
import nimble.codec.ByteSource;
import nimble.codec.Bytes;
import nimble.spec.Problem;
import nimble.spec.Problems;
import nimble.vm.Layer;
import nimble.vm.ModelSpec;
import nimble.vm.Philox;
import nimble.vm.StageSpec;
import nimble.vm.TrainingSpec;
import nimble.vm.tensor.LittleEndian;

/// A text whose tokens are its bytes: the first `trainBytes` to train on, the rest to validate.
public record TextData(ByteSource text, int trainBytes) implements DataSet {
  public static final int VOCABULARY = 256;

  public TextData {
    Invariant.check(
        trainBytes >= 0 && trainBytes <= text.length(),
        "%d of %d bytes",
        trainBytes,
        text.length());
  }

  /// What is wrong with such a text for that model.
  public List<Problem> problems(ModelSpec model) {
    Problems problems = new Problems();
    int least = model.context() + 1;
    problems.range("data.train", trainBytes, least, Integer.MAX_VALUE);
    problems.range("data.validation", text.length() - trainBytes, least, Integer.MAX_VALUE);
    problems.that(
        model.layers().getFirst() instanceof Layer.Embedding embedding
            && embedding.vocabulary() >= VOCABULARY,
        "model.vocabulary",
        model.layers().getFirst(),
        "an embedding of at least %d ids for text".formatted(VOCABULARY));
    return problems.list();
  }

  /// Each row at a draw from the order of (seed, step, micro-batch, row) (T1).
  @Override
  public Example training(StageSpec stage, TrainingSpec training, long step, int microBatch) {
    Philox draws = Philox.of(training.seed(), "data");
    return example(stage, draws, step, microBatch, 0, trainBytes);
  }

  @Override
  public Example validation(StageSpec stage, long seed, int index) {
    Philox draws = Philox.of(seed, "validation");
    return example(stage, draws, 0, index, trainBytes, text.length() - trainBytes);
  }

  private Example example(
      StageSpec stage, Philox draws, long step, int microBatch, long start, long length) {
    int context = stage.model().context();
    int[] inputs = new int[stage.positions()];
    int[] labels = new int[stage.positions()];
    for (int row = 0; row < stage.rows(); row++) {
      long index = ((long) microBatch << Integer.SIZE) | row;
      Bytes read = text.read(start + draws.below(length - context, step, index), context + 1);
      for (int i = 0; i < context; i++) {
        inputs[row * context + i] = read.at(i) & 0xff;
        labels[row * context + i] = read.at(i + 1) & 0xff;
      }
    }
    return new Example(LittleEndian.ofInts(inputs), LittleEndian.ofInts(labels));
  }
}

package nimble.vm.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import nimble.codec.ByteSource;
import nimble.codec.Bytes;
import nimble.vm.Layer;
import nimble.vm.ModelSpec;
import nimble.vm.StageSpec;
import nimble.vm.TrainingSpec;

/// Examples one after the other, each its inputs and then its labels as the stages take them: four
/// bytes a number, little-endian, context × width. Every epoch goes through all rows in an order of
/// its own. An id that the model does not have counts as 0, a label that it does not have as
/// [Layer.Head#UNLABELLED].
///
/// @param trainRows the first rows, to train on; the rest to validate
/// @param inputIds how many ids the model has; 0 when it takes numbers
/// @param labelIds how many classes the model has; 0 when it gives numbers
public record ExampleData(
    ByteSource bytes,
    int rows,
    int trainRows,
    int inputWords,
    int labelWords,
    int inputIds,
    int labelIds)
    implements DataSet {

  static ExampleData of(ByteSource bytes, ModelSpec model, int trainPermille) {
    int inputWords = model.context() * model.layers().getFirst().inWidth();
    Layer.Head head = model.head();
    int labelWords = model.context() * (head.labelsAreIds() ? 1 : head.outWidth());
    int rows = Math.toIntExact(bytes.length() / rowBytes(model));
    return new ExampleData(
        bytes,
        rows,
        DataForm.part(rows, trainPermille),
        inputWords,
        labelWords,
        model.layers().getFirst() instanceof Layer.Embedding embedding ? embedding.vocabulary() : 0,
        head.labelsAreIds() ? head.outWidth() : 0);
  }

  /// Of one example.
  public static long rowBytes(ModelSpec model) {
    Layer.Head head = model.head();
    long inputs = model.layers().getFirst().inWidth();
    long labels = head.labelsAreIds() ? 1 : head.outWidth();
    return model.context() * (inputs + labels) * Float.BYTES;
  }

  @Override
  public Example training(StageSpec stage, TrainingSpec training, long step, int microBatch) {
    long first = step * training.batch() + (long) microBatch * stage.rows();
    return example(stage.rows(), first, new Shuffle(training.seed(), "data", trainRows), 0);
  }

  @Override
  public Example validation(StageSpec stage, long seed, int index) {
    Shuffle order = new Shuffle(seed, "validation", rows - trainRows);
    return example(stage.rows(), (long) index * stage.rows(), order, trainRows);
  }

  private Example example(int count, long first, Shuffle order, int start) {
    ByteBuffer inputs = ordered(count * inputWords);
    ByteBuffer labels = ordered(count * labelWords);
    int rowBytes = Math.multiplyExact(inputWords + labelWords, Integer.BYTES);
    for (int i = 0; i < count; i++) {
      long at = (long) (start + order.at(first + i)) * rowBytes;
      ByteBuffer row = bytes.read(at, rowBytes).asBuffer().order(ByteOrder.LITTLE_ENDIAN);
      copy(row, inputWords, inputs, inputIds, 0);
      copy(row, labelWords, labels, labelIds, Layer.Head.UNLABELLED);
    }
    return new Example(Bytes.copyOf(inputs.flip()), Bytes.copyOf(labels.flip()));
  }

  private static void copy(ByteBuffer row, int words, ByteBuffer to, int ids, int otherwise) {
    for (int i = 0; i < words; i++) {
      int word = row.getInt();
      to.putInt(ids > 0 && (word < 0 || word >= ids) ? otherwise : word);
    }
  }

  private static ByteBuffer ordered(int words) {
    return ByteBuffer.allocate(Math.multiplyExact(words, Integer.BYTES))
        .order(ByteOrder.LITTLE_ENDIAN);
  }
}

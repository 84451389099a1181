package nimble.vm.data;

import java.util.List;
import java.util.Optional;
import nimble.codec.ByteSource;
import nimble.codec.Bytes;
import nimble.spec.Problem;
import nimble.spec.Problems;
import nimble.vm.Layer;
import nimble.vm.ModelSpec;

/// How the bytes of a data set are read. The tag is its byte in the canonical encoding.
public enum DataForm {
  /// [TextData].
  TEXT(1),
  /// [ExampleData].
  EXAMPLES(2);

  public static final int PERMILLE = 1_000;

  private final int tag;

  DataForm(int tag) {
    this.tag = tag;
  }

  public int tag() {
    return tag;
  }

  public static Optional<DataForm> ofTag(int tag) {
    for (DataForm form : values()) {
      if (form.tag == tag) {
        return Optional.of(form);
      }
    }
    return Optional.empty();
  }

  /// What is wrong with so many bytes of this form for that model.
  public List<Problem> problems(ModelSpec model, long sizeBytes, int trainPermille) {
    Problems problems = new Problems();
    switch (this) {
      case TEXT -> text(model, sizeBytes, trainPermille, problems);
      case EXAMPLES -> examples(model, sizeBytes, trainPermille, problems);
    }
    return problems.list();
  }

  private static void text(ModelSpec model, long sizeBytes, int trainPermille, Problems problems) {
    boolean bytes =
        model.layers().getFirst() instanceof Layer.Embedding embedding
            && embedding.vocabulary() >= TextData.VOCABULARY
            && model.layers().getLast() instanceof Layer.LanguageHead;
    problems.that(
        bytes,
        "model",
        model.layers().getFirst().getClass().getSimpleName(),
        "a language model over at least 256 byte values");
    long trained = sizeBytes * trainPermille / PERMILLE;
    long least = Math.min(trained, sizeBytes - trained);
    problems.that(
        least > model.context(),
        "data.file",
        "%d bytes with %d in the smaller part".formatted(sizeBytes, least),
        "so long that both parts of the split hold more than %d bytes".formatted(model.context()));
  }

  private static void examples(
      ModelSpec model, long sizeBytes, int trainPermille, Problems problems) {
    long rowBytes = ExampleData.rowBytes(model);
    long rows = sizeBytes / rowBytes;
    problems.that(
        sizeBytes % rowBytes == 0,
        "data.size",
        "%d bytes".formatted(sizeBytes),
        "whole examples of %d bytes".formatted(rowBytes));
    long trained = rows * trainPermille / PERMILLE;
    long least = Math.min(trained, rows - trained);
    problems.that(
        least >= 1,
        "data.file",
        "%d examples with %d in the smaller part".formatted(rows, least),
        "such that both parts of the split hold an example");
  }

  /// Total: bytes that are not as many as were said give a data set of zeros, the same everywhere.
  /// No more of them is read than an example takes, whenever it is asked for.
  ///
  /// @param sizeBytes as said, without [#problems]
  /// @param trainPermille the first part, which is trained on
  public DataSet open(ByteSource bytes, long sizeBytes, ModelSpec model, int trainPermille) {
    boolean whole = bytes.length() == sizeBytes;
    return switch (this) {
      case TEXT -> {
        ByteSource text = whole ? bytes : zeros(2L * (model.context() + 1));
        yield new TextData(text, part(text.length(), whole ? trainPermille : PERMILLE / 2));
      }
      case EXAMPLES -> {
        ByteSource rows = whole ? bytes : zeros(2 * ExampleData.rowBytes(model));
        yield ExampleData.of(rows, model, whole ? trainPermille : PERMILLE / 2);
      }
    };
  }

  private static Bytes zeros(long count) {
    return Bytes.wrap(new byte[Math.toIntExact(count)]);
  }

  static int part(long count, int permille) {
    return Math.toIntExact(count * permille / PERMILLE);
  }
}

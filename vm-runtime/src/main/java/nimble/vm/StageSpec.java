package nimble.vm;

import java.util.List;
import nimble.check.Invariant;
import nimble.codec.Writer;
import nimble.crypto.Hashing;
import nimble.types.Hash;

/// A contiguous run of a model's layers and the shape of its micro-batches: all that a stage
/// program depends on.
///
/// @param rows rows of a micro-batch
public record StageSpec(ModelSpec model, int firstLayer, int endLayer, int rows) {
  public static final int ROWS_MAX = 4096;

  /// What one flat buffer can hold.
  public static final long PARAMETERS_MAX = Integer.MAX_VALUE / Float.BYTES;

  public StageSpec {
    int layers = model.layers().size();
    Invariant.check(
        0 <= firstLayer && firstLayer < endLayer && endLayer <= layers,
        "layers %d..%d of %d",
        firstLayer,
        endLayer,
        layers);
    Invariant.check(rows >= 1 && rows <= ROWS_MAX, "%d rows", rows);
  }

  public List<Layer> layers() {
    return model.layers().subList(firstLayer, endLayer);
  }

  public boolean first() {
    return firstLayer == 0;
  }

  public boolean last() {
    return endLayer == model.layers().size();
  }

  /// The input is token ids, not vectors.
  public boolean takesTokens() {
    return first() && model.takesTokens();
  }

  public int inWidth() {
    return layers().getFirst().inWidth();
  }

  public int outWidth() {
    return layers().getLast().outWidth();
  }

  /// Positions of a micro-batch.
  public int positions() {
    return Math.multiplyExact(rows, model.context());
  }

  /// Bytes of one micro-batch's input: four an element, ids or numbers.
  public int inputBytes() {
    return edgeBytes(inWidth());
  }

  /// Bytes of one micro-batch's output on the wire; the last stage gives its loss instead.
  public int outputBytes() {
    return last() ? Float.BYTES : edgeBytes(outWidth());
  }

  /// Bytes of one micro-batch's labels, on the last stage.
  public int labelBytes() {
    return edgeBytes(model.head().labelsAreIds() ? 1 : model.head().outWidth());
  }

  public Hash hash() {
    return Hashing.of(
        "stage",
        Writer.encode(writer -> {
          model.write(writer);
          writer.u16(firstLayer).u16(endLayer).u32(rows);
        }));
  }

  private int edgeBytes(int width) {
    return Math.multiplyExact(Math.multiplyExact(positions(), width), Float.BYTES);
  }
}

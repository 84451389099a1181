package nimble.vm.reference;

import java.util.Arrays;
import java.util.List;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.vm.DecodeSession;
import nimble.vm.StageSpec;
import nimble.vm.tensor.LittleEndian;

/// A row that grows; attention remembers.
final class ReferenceDecode implements DecodeSession {
  private final StageSpec spec;
  private final Op op;
  private final List<Frame.Memory> memories;
  private int length;

  ReferenceDecode(StageSpec spec, Op op, List<Frame.Memory> memories) {
    this.spec = spec;
    this.op = op;
    this.memories = memories;
  }

  @Override
  public Bytes append(Bytes input) {
    int more = input.size() / Float.BYTES / spec.inWidth();
    Invariant.check(
        more >= 1 && length + more <= spec.model().context(), "%d + %d positions", length, more);
    boolean tokens = spec.takesTokens();
    int[] ids = tokens ? LittleEndian.ints(input) : new int[0];
    float[] x = tokens ? new float[0] : LittleEndian.floats(input);
    float[] y = op.forward(x, new Frame(1, more, length, ids, memories), new Pulls());
    length += more;
    int kept = spec.last() ? spec.outWidth() : y.length;
    return LittleEndian.ofFloats(Arrays.copyOfRange(y, y.length - kept, y.length));
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public void close() {}
}

package nimble.vm.audit;

import java.util.ArrayList;
import java.util.List;
import nimble.codec.Bytes;
import nimble.types.Hash;
import nimble.vm.audit.Evidence.MicroBatch;

/// Evidence with one thing changed; of micro-batches the first.
public final class Tampered {
  private Tampered() {}

  public static Evidence steps(Evidence e, List<Evidence.Step> steps, Hash endRoot) {
    return new Evidence(
        e.start(), e.firstStep(), steps, endRoot, e.audited(), e.microBatches(), e.seed());
  }

  public static Evidence step(Evidence e, int index, Evidence.Step changed) {
    List<Evidence.Step> steps = new ArrayList<>(e.steps());
    steps.set(index, changed);
    return steps(e, steps, e.endRoot());
  }

  public static Evidence start(Evidence e, Evidence.Start start, long firstStep) {
    return new Evidence(
        start, firstStep, e.steps(), e.endRoot(), e.audited(), e.microBatches(), e.seed());
  }

  public static Evidence seed(Evidence e, Hash seed) {
    return new Evidence(
        e.start(), e.firstStep(), e.steps(), e.endRoot(), e.audited(), e.microBatches(), seed);
  }

  public static Evidence input(Evidence e, Bytes input) {
    MicroBatch m = first(e);
    return edges(
        e, new MicroBatch(input, m.inputGradient(), m.output(), m.outputGradient(), m.labels()));
  }

  public static Evidence inputGradient(Evidence e, Bytes gradient) {
    MicroBatch m = first(e);
    return edges(
        e, new MicroBatch(m.input(), gradient, m.output(), m.outputGradient(), m.labels()));
  }

  public static Evidence output(Evidence e, Bytes output) {
    MicroBatch m = first(e);
    return edges(
        e, new MicroBatch(m.input(), m.inputGradient(), output, m.outputGradient(), m.labels()));
  }

  public static Evidence outputGradient(Evidence e, Bytes gradient) {
    MicroBatch m = first(e);
    return edges(e, new MicroBatch(m.input(), m.inputGradient(), m.output(), gradient, m.labels()));
  }

  /// Bit `bit` of the first number, 0 the least.
  public static Bytes flip(Bytes numbers, boolean bigEndian, int bit) {
    byte[] bytes = numbers.toArray();
    int at = bit / Byte.SIZE;
    bytes[bigEndian ? 3 - at : at] ^= (byte) (1 << bit % Byte.SIZE);
    return Bytes.wrap(bytes);
  }

  public static Bytes notANumber(Bytes numbers) {
    byte[] bytes = numbers.toArray();
    bytes[0] = bytes[1] = bytes[2] = bytes[3] = 0x7f;
    bytes[2] = bytes[1] = (byte) 0xff;
    return Bytes.wrap(bytes);
  }

  private static MicroBatch first(Evidence e) {
    return e.microBatches().getFirst();
  }

  private static Evidence edges(Evidence e, MicroBatch changed) {
    List<MicroBatch> microBatches = new ArrayList<>(e.microBatches());
    microBatches.set(0, changed);
    return new Evidence(
        e.start(), e.firstStep(), e.steps(), e.endRoot(), e.audited(), microBatches, e.seed());
  }
}

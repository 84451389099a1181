package nimble.genesis;

import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// How far honest machines of different numeric classes may be apart, in billionths: L2 norm of a
/// tensor's error by that of the tensor.
///
/// @param output of what a stage hands on
/// @param inputGradient of what it hands back
/// @param weightGradient of the gradient of its weights
public record ToleranceParameters(long output, long inputGradient, long weightGradient) {
  private static final long BILLION = 1_000_000_000;

  public ToleranceParameters {
    for (long each : new long[] {output, inputGradient, weightGradient}) {
      Invariant.check(each >= 0 && each < BILLION, "a tolerance of %d billionths", each);
    }
  }

  void write(Writer writer) {
    writer.i64(output).i64(inputGradient).i64(weightGradient);
  }

  static ToleranceParameters read(Reader reader) throws Malformed {
    return new ToleranceParameters(part(reader), part(reader), part(reader));
  }

  private static long part(Reader reader) throws Malformed {
    long each = reader.i64();
    if (each >= BILLION) {
      throw new Malformed("a tolerance of %d billionths".formatted(each));
    }
    return each;
  }
}

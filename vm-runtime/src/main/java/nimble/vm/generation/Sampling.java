package nimble.vm.generation;

import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// How a token is drawn from a head's outputs (G1 to G5).
///
/// @param temperatureMilli thousandths; 0 takes the first in order
/// @param topK how many of the first in order may be drawn; 0: all
/// @param topPMilli thousandths of the probability that they must have together; 1000: all
/// @param repetitionMilli thousandths, by which what the row holds already becomes less likely;
///   1000: not at all
/// @param seed of the draws
public record Sampling(
    int temperatureMilli, int topK, int topPMilli, int repetitionMilli, long seed) {
  public static final int TEMPERATURE_MILLI_MAX = 100_000;
  public static final int TOP_K_MAX = 1 << 20;
  public static final int ALL_MILLI = 1_000;
  public static final int REPETITION_MILLI_MIN = 100;
  public static final int REPETITION_MILLI_MAX = 10_000;

  /// Always the first in order.
  public static final Sampling GREEDY = of(0, 0);

  public Sampling {
    Invariant.check(
        isWithin(temperatureMilli, 0, TEMPERATURE_MILLI_MAX)
            && isWithin(topK, 0, TOP_K_MAX)
            && isWithin(topPMilli, 1, ALL_MILLI)
            && isWithin(repetitionMilli, REPETITION_MILLI_MIN, REPETITION_MILLI_MAX),
        "temperature %d, top k %d, top p %d, repetition %d",
        temperatureMilli,
        topK,
        topPMilli,
        repetitionMilli);
  }

  /// Of all tokens, whatever the row holds.
  public static Sampling of(int temperatureMilli, long seed) {
    return new Sampling(temperatureMilli, 0, ALL_MILLI, ALL_MILLI, seed);
  }

  public Sampling seeded(long other) {
    return new Sampling(temperatureMilli, topK, topPMilli, repetitionMilli, other);
  }

  /// What the row holds makes a difference.
  public boolean minds() {
    return repetitionMilli != ALL_MILLI;
  }

  private static boolean isWithin(int value, int least, int most) {
    return value >= least && value <= most;
  }

  public void write(Writer writer) {
    writer.u32(temperatureMilli).u32(topK).u16(topPMilli).u16(repetitionMilli).u64(seed);
  }

  public static Sampling read(Reader reader) throws Malformed {
    int temperature = reader.length(TEMPERATURE_MILLI_MAX);
    int topK = reader.length(TOP_K_MAX);
    int topP = reader.u16();
    int repetition = reader.u16();
    if (!isWithin(topP, 1, ALL_MILLI)
        || !isWithin(repetition, REPETITION_MILLI_MIN, REPETITION_MILLI_MAX)) {
      throw new Malformed("top p %d, repetition %d".formatted(topP, repetition));
    }
    return new Sampling(temperature, topK, topP, repetition, reader.u64());
  }
}

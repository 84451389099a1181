package nimble.vm.gradient;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.SplittableRandom;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.sim.Seeds;
import nimble.vm.tensor.Floats;
import org.junit.jupiter.api.Test;

final class GradientCodecTest {
  private static final float[] CORNERS = {
    0f,
    -0f,
    Float.MIN_VALUE,
    -Float.MIN_NORMAL / 2,
    Float.MIN_NORMAL,
    1f,
    Float.intBitsToFloat(0x3f808000), // half way, to even: down
    Float.intBitsToFloat(0x3f818000), // half way, to even: up
    Float.intBitsToFloat(0x3f808001),
    -3.14159f,
    1e-30f,
    1e30f
  };

  @Test
  void t2Bf16Corners() {
    assertEquals("803f", encode(new Bf16(), CORNERS[6]).toString());
    assertEquals("823f", encode(new Bf16(), CORNERS[7]).toString());
    assertEquals("813f", encode(new Bf16(), CORNERS[8]).toString());
    assertEquals("0000", encode(new Bf16(), -0f).toString());
    assertEquals("0000", encode(new Bf16(), Float.MIN_VALUE).toString());
    assertEquals("8000", encode(new Bf16(), Float.MIN_NORMAL).toString());
    assertEquals("807f", encode(new Bf16(), Float.MAX_VALUE).toString());
    assertEquals("80ff", encode(new Bf16(), Float.NEGATIVE_INFINITY).toString());
    assertEquals("c07f", encode(new Bf16(), -Float.NaN).toString());
  }

  /// Against a second implementation in exact decimals: the nearest value, ties to even.
  @Test
  void t2Int8IsTheNearestMultipleOfItsPowerOfTwo() {
    Seeds.forEach(
        300,
        random -> {
          float[] values = values(random, 1 + random.nextInt(200));
          float[] decoded = decode(new Int8(), encode(new Int8(), values), values.length);
          for (int at = 0; at < values.length; at += 64) {
            int end = Math.min(at + 64, values.length);
            checkBlock(values, decoded, at, end);
          }
        });
  }

  @Test
  void t2DecodingThenEncodingChangesNothing() {
    Seeds.forEach(
        200,
        random -> {
          float[] values = values(random, 1 + random.nextInt(5_000));
          for (GradientCodec codec : GradientCodec.all()) {
            Bytes encoded = encode(codec, values);
            float[] decoded = decode(codec, encoded, values.length);
            assertEquals(codec.size(values.length), encoded.size());
            assertEquals(encoded, encode(codec, decoded), codec.name());
            for (float value : decoded) {
              boolean canonical = value == 0 || Math.abs(value) >= Float.MIN_NORMAL;
              assertTrue(canonical && Float.floatToRawIntBits(value) != 1 << 31, codec.name());
            }
          }
        });
  }

  @Test
  void t2PiecesAreThoseOfTheWhole() {
    Seeds.forEach(
        50,
        random -> {
          float[] values = values(random, 1 + random.nextInt(5_000));
          for (GradientCodec codec : GradientCodec.all()) {
            Bytes encoded = encode(codec, values);
            float[] decoded = decode(codec, encoded, values.length);
            GradientReader reader = reader(codec, encoded, values.length);
            for (int i = 0; i < 20; i++) {
              int at = random.nextInt(values.length);
              int most = Math.min(GradientReader.PIECE, values.length - at);
              float[] piece = new float[1 + random.nextInt(most)];
              reader.read(at, piece, piece.length);
              float[] expected = Arrays.copyOfRange(decoded, at, at + piece.length);
              assertArrayEquals(expected, piece, codec.name() + " at " + at);
            }
          }
        });
  }

  @Test
  void v3ANumberLiesInTheIntervalOfItsEncoding() {
    Seeds.forEach(
        200,
        random -> {
          float[] values = values(random, 1 + random.nextInt(500));
          for (int i = 0; i < values.length; i++) {
            // Where a codec flushes and overflows, the interval is not exact.
            float size = Math.abs(values[i]);
            values[i] = size < 1e-35f ? 0 : Math.min(size, 1e38f) * Math.signum(values[i]);
            values[i] = Float.isFinite(values[i]) ? values[i] : 1;
          }
          for (GradientCodec codec : GradientCodec.all()) {
            checkIntervals(codec, values);
          }
        });
  }

  private static void checkIntervals(GradientCodec codec, float[] values) {
    Bytes encoded = encode(codec, values);
    float[] decoded = decode(codec, encoded, values.length);
    try (Floats low = Floats.zeros(values.length);
        Floats high = Floats.zeros(values.length)) {
      codec.intervals(encoded, low, high);
      float[] lows = low.toArray(0, values.length);
      float[] highs = high.toArray(0, values.length);
      for (int i = 0; i < values.length; i++) {
        assertTrue(lows[i] <= values[i] && values[i] <= highs[i], codec.name());
        assertTrue(lows[i] <= decoded[i] && decoded[i] <= highs[i], codec.name());
      }
      if (codec instanceof Bf16) {
        checkEnds(decoded, lows, highs);
      }
    } catch (Malformed e) {
      throw new AssertionError(e);
    }
  }

  /// Just inside an end a number is rounded to the middle, just outside it is not.
  private static void checkEnds(float[] middles, float[] lows, float[] highs) {
    float[] nextToEnds = new float[4 * middles.length];
    for (int i = 0; i < middles.length; i++) {
      nextToEnds[4 * i] = Math.nextUp(lows[i]);
      nextToEnds[4 * i + 1] = Math.nextDown(highs[i]);
      nextToEnds[4 * i + 2] = Math.nextDown(lows[i]);
      nextToEnds[4 * i + 3] = Math.nextUp(highs[i]);
    }
    float[] rounded = decode(new Bf16(), encode(new Bf16(), nextToEnds), nextToEnds.length);
    for (int i = 0; i < middles.length; i++) {
      assertEquals(middles[i], rounded[4 * i]);
      assertEquals(middles[i], rounded[4 * i + 1]);
      assertNotEquals(middles[i], rounded[4 * i + 2]);
      assertNotEquals(middles[i], rounded[4 * i + 3]);
    }
  }

  @Test
  void t2NotFiniteStaysNotFinite() {
    for (GradientCodec codec : GradientCodec.all()) {
      for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, -Float.MAX_VALUE}) {
        float[] decoded = decode(codec, encode(codec, 1f, bad, 2f), 3);
        assertEquals(Float.isFinite(bad) && codec instanceof Fp32, Float.isFinite(decoded[1]));
      }
    }
  }

  @Test
  void t2BytesThatNoEncoderWritesAreMalformed() {
    try (Floats target = Floats.zeros(2)) {
      assertThrows(Malformed.class, () -> new Int8().decode(Bytes.hex("7f0080"), target), "-128");
      assertThrows(Malformed.class, () -> new Int8().decode(Bytes.hex("fc0000"), target), "scale");
      for (GradientCodec codec : GradientCodec.all()) {
        assertThrows(Malformed.class, () -> codec.decode(Bytes.hex("00"), target));
      }
    }
  }

  private static void checkBlock(float[] values, float[] decoded, int at, int end) {
    float largest = 0;
    for (int i = at; i < end; i++) {
      largest = Math.max(largest, flushed(Math.abs(values[i])));
    }
    int exponent = Float.MIN_EXPONENT;
    while (nearest(largest, exponent).abs().compareTo(BigDecimal.valueOf(127)) > 0) {
      exponent++;
    }
    for (int i = at; i < end; i++) {
      BigDecimal expected = nearest(flushed(values[i]), exponent).multiply(power(exponent));
      assertEquals(0, expected.compareTo(new BigDecimal(decoded[i])));
    }
  }

  private static float flushed(float value) {
    return Math.abs(value) < Float.MIN_NORMAL ? 0 : value;
  }

  private static BigDecimal nearest(float value, int exponent) {
    return new BigDecimal(value).multiply(power(-exponent)).setScale(0, RoundingMode.HALF_EVEN);
  }

  private static BigDecimal power(int exponent) {
    return new BigDecimal(Math.scalb(1.0, exponent));
  }

  /// Blocks of very different sizes.
  private static float[] values(SplittableRandom random, int count) {
    float[] values = new float[count];
    double size = 0;
    for (int i = 0; i < count; i++) {
      if (i % 64 == 0) {
        size = Math.scalb(1.0, random.nextInt(-140, 120));
      }
      values[i] = (float) (size * random.nextDouble(-1, 1));
      if (random.nextInt(20) == 0) {
        values[i] = CORNERS[random.nextInt(CORNERS.length)];
      }
    }
    return values;
  }

  private static Bytes encode(GradientCodec codec, float... values) {
    try (Floats floats = Floats.zeros(values.length)) {
      floats.put(0, values, values.length);
      return codec.encode(floats);
    }
  }

  private static GradientReader reader(GradientCodec codec, Bytes encoded, int count) {
    try {
      return codec.reader(encoded, count);
    } catch (Malformed e) {
      throw new AssertionError(e);
    }
  }

  private static float[] decode(GradientCodec codec, Bytes encoded, int count) {
    try (Floats floats = Floats.zeros(count)) {
      codec.decode(encoded, floats);
      return floats.toArray(0, count);
    } catch (Malformed e) {
      throw new AssertionError(e);
    }
  }
}

package nimble.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import nimble.sim.Seeds;
import org.junit.jupiter.api.Test;

final class CodecTest {
  private static final int MAX = 64;

  private record Sample(
      int a, int b, long c, long d, long e, boolean f, Bytes g, String h, Optional<Bytes> i) {
    void write(Writer writer) {
      writer.u8(a).u16(b).u32(c).i64(d).u64(e).bool(f).bytes(g, MAX).string(h, MAX);
      writer.optional(i, (value, to) -> to.bytes(value, MAX));
    }

    static Sample read(Reader reader) throws Malformed {
      return new Sample(
          reader.u8(),
          reader.u16(),
          reader.u32(),
          reader.i64(),
          reader.u64(),
          reader.bool(),
          reader.bytes(MAX),
          reader.string(MAX),
          reader.optional(from -> from.bytes(MAX)));
    }
  }

  private static Sample any(SplittableRandom random) {
    byte[] g = new byte[random.nextInt(MAX)];
    random.nextBytes(g);
    return new Sample(
        random.nextInt(256),
        random.nextInt(65_536),
        random.nextLong(1L << 32),
        random.nextLong() >>> 1,
        random.nextLong(),
        random.nextBoolean(),
        Bytes.wrap(g),
        "é".repeat(random.nextInt(MAX / 2)),
        random.nextBoolean() ? Optional.of(Bytes.EMPTY) : Optional.empty());
  }

  @Test
  void whatIsWrittenIsRead() {
    Seeds.forEach(
        500,
        random -> {
          List<Sample> samples = List.of(any(random), any(random));
          Bytes encoded = Writer.encode(to -> to.list(samples, 2, Sample::write));
          assertEquals(samples, read(encoded));
        });
  }

  @Test
  void everyProperPrefixAndEverySuffixIsMalformed() {
    Seeds.forEach(
        20,
        random -> {
          Sample sample = any(random);
          Bytes encoded = Writer.encode(sample::write);
          for (int i = 0; i < encoded.size(); i++) {
            Bytes cut = encoded.slice(0, i);
            assertThrows(Malformed.class, () -> Reader.decode(cut, Sample::read));
          }
          Bytes longer = Bytes.concat(encoded, Bytes.wrap(new byte[1]));
          assertThrows(Malformed.class, () -> Reader.decode(longer, Sample::read));
        });
  }

  @Test
  void e3LengthsAreBoundedBeforeAllocation() {
    Bytes huge = Writer.encode(to -> to.u32(0xffff_ffffL));
    assertThrows(Malformed.class, () -> Reader.decode(huge, from -> from.bytes(MAX)));
    assertThrows(
        Malformed.class,
        () -> Reader.decode(huge, from -> from.list(Integer.MAX_VALUE, Reader::u8)));
  }

  @Test
  void e2OnlyZeroAndOneAreBooleans() {
    assertThrows(Malformed.class, () -> Reader.decode(Bytes.wrap(new byte[] {2}), Reader::bool));
  }

  @Test
  void e7SmallQuantitiesTakeFewBytesAndHaveOneForm() throws Malformed {
    long[] values = {0, 1, 127, 128, 16_383, 16_384, Integer.MAX_VALUE, Long.MAX_VALUE};
    int[] sizes = {1, 1, 1, 2, 2, 3, 5, 9};
    for (int i = 0; i < values.length; i++) {
      long value = values[i];
      Bytes written = Writer.encode(writer -> writer.varint(value));
      assertEquals(sizes[i], written.size());
      long read = Reader.decode(written, reader -> reader.varint(value));
      assertEquals(value, read);
      if (value > 0) {
        assertThrows(
            Malformed.class, () -> Reader.decode(written, reader -> reader.varint(value - 1)));
      }
    }
    for (String wrong : List.of("8000", "ff00", "ffffffffffffffffff01", "80", "")) {
      assertThrows(
          Malformed.class,
          () -> Reader.decode(Bytes.hex(wrong), reader -> reader.varint(Long.MAX_VALUE)));
    }
  }

  @Test
  void textMustBeUtf8() {
    Bytes broken = Writer.encode(to -> to.bytes(Bytes.wrap(new byte[] {(byte) 0xc3}), MAX));
    assertThrows(Malformed.class, () -> Reader.decode(broken, from -> from.string(MAX)));
  }

  private static List<Sample> read(Bytes encoded) {
    try {
      return Reader.decode(encoded, from -> from.list(2, Sample::read));
    } catch (Malformed e) {
      throw new AssertionError(e);
    }
  }
}

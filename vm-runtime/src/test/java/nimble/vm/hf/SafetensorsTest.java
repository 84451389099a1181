package nimble.vm.hf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.sim.Seeds;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SafetensorsTest {
  @TempDir private Path temporary;

  @Test
  void h2WhatIsWrittenIsRead() {
    Seeds.forEach(
        50,
        random -> {
          List<TensorEntry> shapes = new ArrayList<>();
          List<float[]> numbers = new ArrayList<>();
          for (int i = random.nextInt(6); i >= 0; i--) {
            Dtype dtype = Dtype.OF_WEIGHTS.get(random.nextInt(3));
            List<Long> shape = List.of(random.nextLong(1, 90), random.nextLong(1, 90));
            shapes.add(new TensorEntry("t" + i, dtype, shape, 0));
            numbers.add(draw(random, (int) shapes.getLast().count()));
          }
          assertDoesNotThrow(() -> throughFile(shapes, numbers));
        });
  }

  private void throughFile(List<TensorEntry> shapes, List<float[]> numbers) throws Exception {
    Path file = temporary.resolve("file.safetensors");
    Files.deleteIfExists(file);
    SafetensorsHeader header = SafetensorsHeader.of(shapes, Map.of("format", "pt"));
    try (var writer = new SafetensorsWriter(file, header, _ -> {})) {
      for (int i = 0; i < numbers.size(); i++) {
        writer.begin(header.tensors().get(i));
        writer.put(shapes.get(i).dtype(), fp32(numbers.get(i)));
      }
      writer.finish();
    }
    try (SafetensorsFile read = SafetensorsFile.open(file)) {
      assertEquals(header, read.header());
      for (int i = 0; i < numbers.size(); i++) {
        float[] found = new float[numbers.get(i).length];
        read.numbers(header.tensors().get(i)).get(0, found, found.length);
        assertArrayEquals(numbers.get(i), found);
      }
    }
  }

  /// Numbers that all three types have.
  private static float[] draw(SplittableRandom random, int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = random.nextInt(-128, 128) / 16f;
    }
    return numbers;
  }

  private static Numbers fp32(float[] numbers) {
    ByteBuffer bytes =
        ByteBuffer.allocate(numbers.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(numbers);
    return Numbers.fp32(MemorySegment.ofArray(bytes.array()));
  }

  @Test
  void h5TransposingIsTheNaiveOne() {
    Seeds.forEach(
        50,
        random -> {
          int rows = random.nextInt(1, 150);
          int columns = random.nextInt(1, 150);
          float[] numbers = draw(random, rows * columns);
          float[] expected = new float[numbers.length];
          for (int i = 0; i < numbers.length; i++) {
            expected[i % columns * rows + i / columns] = numbers[i];
          }
          float[] found = new float[numbers.length];
          fp32(numbers)
              .transposed(
                  rows,
                  columns,
                  (at, part, length) -> System.arraycopy(part, 0, found, (int) at, length));
          assertArrayEquals(expected, found);
        });
  }

  @Test
  void h2WhateverIsClaimedIsChecked() {
    refused("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", 8, "do not lie");
    refused("{\"a\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]}}", 8, "I64");
    refused("{\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}", 0, "do not lie");
    refused("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 8, "has 8");
    refused("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8, "byte 4");
    refused(
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
            + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
        8,
        "b lies at byte 4");
    refused(
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
            + "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
        8,
        "Duplicate");
    refused(
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,0]}}",
        0,
        "more numbers than can be counted");
    refused("{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", 4, "a.shape");
    refused("{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}}", 4, "a.shape");
    refused("{\"a\":{\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "a.dtype is missing");
    refused("{\"a\":".repeat(20) + "1" + "}".repeat(20), 0, "depth");
    refused("{\"__metadata__\":{\"x\":1}}", 0, "__metadata__.x must be a text");
    refused("[]", 0, "begin with");
  }

  @Test
  void h2LengthsAreChecked() {
    for (long claimed : new long[] {-1, 0, 1, 17L << 20, Long.MAX_VALUE, 100}) {
      byte[] file = new byte[32];
      ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(claimed);
      assertThrows(Malformed.class, () -> open(file));
    }
    assertThrows(Malformed.class, () -> open(new byte[3]));
  }

  private static void refused(String json, int dataBytes, String words) {
    Bytes header = Bytes.utf8(json);
    ByteBuffer file =
        ByteBuffer.allocate(Long.BYTES + header.size() + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(header.size()).put(header.asBuffer());
    Malformed refused = assertThrows(Malformed.class, () -> open(file.array()), json);
    assertTrue(refused.reason().contains(words), refused.reason());
  }

  private static void open(byte[] file) throws Malformed {
    try (Arena arena = Arena.ofConfined()) {
      SafetensorsFile read = SafetensorsFile.of("test", MemorySegment.ofArray(file), arena);
      assertEquals(0, read.header().tensors().size());
    }
  }
}

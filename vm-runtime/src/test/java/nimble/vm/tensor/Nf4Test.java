package nimble.vm.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import nimble.codec.Bytes;
import nimble.crypto.Hashing;
import nimble.sim.Seeds;
import nimble.vm.Curve;
import nimble.vm.Layer;
import nimble.vm.Lora;
import nimble.vm.LoraTarget;
import nimble.vm.Metering;
import nimble.vm.ModelSpec;
import org.junit.jupiter.api.Test;

final class Nf4Test {
  /// `scripts/golden-nf4` writes these.
  @Test
  void l3CodesScalesAndValuesAreThoseOfTheReferenceMethod() throws IOException {
    List<String> ours = new ArrayList<>();
    List<String> golden = golden();
    ours.add("dynamic map," + Hashing.sha256(LittleEndian.ofFloats(Nf4.dynamicMap())));
    for (String line : golden.subList(1, golden.size())) {
      String[] parts = line.split(",");
      int count = Integer.parseInt(parts[0]);
      int block = Integer.parseInt(parts[1]);
      boolean doubled = Boolean.parseBoolean(parts[2]);
      try (Nf4Tensor tensor = tensor(numbers(count), block, doubled)) {
        Bytes made = part(tensor, parts[3]);
        Bytes head = made.slice(0, Math.min(16, made.size()));
        parts[4] = Hashing.sha256(made).toString();
        parts[5] = head.toString();
      }
      ours.add(String.join(",", parts));
    }
    assertEquals(String.join("\n", golden), String.join("\n", ours));
  }

  @Test
  void l3TheNearestLevelIsFoundAndTheFirstOfTwo() {
    Seeds.forEach(
        20,
        random -> {
          for (int i = 0; i < 2_000; i++) {
            float x = number(random);
            assertEquals(naive(Nf4.levels(), x), Nf4.code(x), () -> "level of " + x);
            assertEquals(naive(Nf4.dynamicMap(), x), Nf4.mapCode(x), () -> "map of " + x);
          }
        });
    assertEquals(0, Nf4.code(Float.NaN));
  }

  /// Between levels, and where two are equally near.
  private static float number(SplittableRandom random) {
    float[] levels = Nf4.levels();
    int at = random.nextInt(15);
    return random.nextBoolean()
        ? (float) random.nextDouble(-1, 1)
        : (levels[at] + levels[at + 1]) / 2;
  }

  private static int naive(float[] table, float x) {
    int best = 0;
    for (int i = 1; i < table.length; i++) {
      if (Math.abs(x - table[i]) < Math.abs(x - table[best])) {
        best = i;
      }
    }
    return best;
  }

  @Test
  void l3ABlockOfZerosStaysZero() {
    try (Nf4Tensor tensor = tensor(new float[64], 64, false)) {
      for (float value : tensor.values()) {
        assertEquals(0f, Math.abs(value));
      }
    }
  }

  @Test
  void l2FourBitsTakeAtMostSixTenthsOfAByte() {
    assertTrue(Nf4.bytes(4096 * 4096, 64, true) <= 0.52 * 4096 * 4096);
    ModelSpec llama =
        new Llama(32_000, 4096, 32, 32, 32, 4096, 11_008)
            .spec()
            .with(new Lora(16, 32, List.of(LoraTarget.Q, LoraTarget.V), BaseForm.NF4));
    Metering metering = Metering.of(llama.whole(1));
    assertTrue(metering.baseBytes() <= 0.6 * llama.parameters(), metering.toString());
  }

  /// Llama's shape, untied.
  private record Llama(
      int vocabulary, int context, int layers, int heads, int shared, int width, int hidden) {
    ModelSpec spec() {
      List<Layer> list = new ArrayList<>();
      list.add(new Layer.Embedding(vocabulary, 0, width));
      for (int i = 0; i < layers; i++) {
        Layer norm = new Layer.RmsNorm(width, 1e-5f);
        Layer attention =
            new Layer.GroupedAttention(
                width, heads, shared, width / heads, false, false, Optional.empty());
        Layer feed = new Layer.GatedFeedForward(width, hidden, Curve.SILU, false);
        list.add(new Layer.Residual(List.of(norm, attention)));
        list.add(new Layer.Residual(List.of(norm, feed)));
      }
      list.add(new Layer.RmsNorm(width, 1e-5f));
      list.add(new Layer.LanguageHead(width, vocabulary));
      return new ModelSpec(context, list);
    }
  }

  private static Nf4Tensor tensor(float[] numbers, int block, boolean doubled) {
    Nf4Tensor tensor = new Nf4Tensor(numbers.length, block, doubled);
    // In uneven pieces.
    for (int at = 0; at < numbers.length; at += 37) {
      int length = Math.min(37, numbers.length - at);
      tensor.put(Arrays.copyOfRange(numbers, at, at + length), length);
    }
    return tensor;
  }

  private static Bytes part(Nf4Tensor tensor, String name) {
    int groups = tensor.scales().count() - 1;
    return switch (name) {
      case "codes" -> front(tensor.codes(), tensor.count() / 2);
      case "scales" -> LittleEndian.ofFloats(tensor.decodedScales());
      case "scale codes" -> front(tensor.scaleCodes().orElseThrow(), tensor.blocks());
      case "group scales" -> tensor.scales().bytes(0, groups);
      case "mean" -> tensor.scales().bytes(groups, 1);
      case "values" -> LittleEndian.ofFloats(tensor.values());
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static Bytes front(ByteBuffer bytes, int length) {
    return Bytes.copyOf(bytes.slice(0, length));
  }

  /// As the script makes them.
  private static float[] numbers(int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      float uniform = (float) (int) (i * 0x9E3779B1L) * 0x1p-31f;
      float place = i / 64 * 7L % 11 + 1;
      numbers[i] = uniform * (place * 0.01f);
    }
    return numbers;
  }

  private static List<String> golden() throws IOException {
    try (InputStream file = Nf4Test.class.getResourceAsStream("nf4.txt")) {
      assertTrue(file != null);
      return new String(file.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  @Test
  void l2PlainFormsKeepTheirBits() {
    float[] numbers = numbers(5000);
    try (PlainTensor exact = new PlainTensor(5000, Storage.FP32);
        PlainTensor rounded = new PlainTensor(5000, Storage.BF16)) {
      exact.put(numbers, 5000);
      rounded.put(numbers, 5000);
      assertArrayEquals(numbers, exact.values());
      float[] values = rounded.values();
      for (int i = 0; i < 5000; i++) {
        assertEquals(0, Float.floatToRawIntBits(values[i]) & 0xffff);
        assertTrue(Math.abs(values[i] - numbers[i]) <= Math.abs(numbers[i]) * 0x1p-8);
      }
    }
  }
}

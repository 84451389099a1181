package nimble.vm.tensor;

import java.util.HexFormat;

/// The four-bit numbers of QLoRA, as bitsandbytes makes them: 16 levels that are quantiles of the
/// normal distribution, a scale for each block, and, when doubled, scales of eight bits themselves:
/// less their mean, in groups of 256 with a scale each, by the dynamic map (L3).
///
/// Dettmers et al., "QLoRA: Efficient Finetuning of Quantized LLMs", 2023; "8-bit Optimizers via
/// Block-wise Quantization", 2022.
public final class Nf4 {
  /// Scales that share a scale.
  static final int GROUP = 256;

  private static final float[] LEVELS = {
    -1.0f,
    -0.6961928f,
    -0.52507305f,
    -0.3949175f,
    -0.28444138f,
    -0.18477343f,
    -0.091050036f,
    0.0f,
    0.0795803f,
    0.1609302f,
    0.2461123f,
    0.33791524f,
    0.44070983f,
    0.562617f,
    0.72295684f,
    1.0f
  };

  /// The dynamic map's positive numbers, bits of fp32: tenths of powers of ten, seven exponents, a
  /// bit more of fraction with each. Written down, since sums of tenths round as one likes.
  private static final String DYNAMIC =
      """
      3513a3b7365a1a94370205ff37b2420638378034388aefb338ba1f4b3923d70b\
      398ce70539c7e2833a016f013a1eecc13a3c6a803a59e83e3a7765ff3aa7ef9d\
      3af1a9fc3b1db22d3b428f5c3b676c8a3b8624dd3b9893743bab020d3bbd70a4\
      3bcfdf3b3be24dd33bf4bc6a3c0395813c0ccccd3c1604183c1f3b643c3ae148\
      3c68f5c33c8b851f3ca28f5d3cb9999a3cd0a3d73ce7ae153cfeb8523d0ae148\
      3d1666673d21eb853d2d70a33d38f5c33d447ae13d5000003d5b851f3d670a3d\
      3d728f5d3d7e147b3d84cccd3d8a8f5d3d9051eb3d96147b3d9bd70a3da1999a\
      3da75c2a3dad1eb83db2e1483db8a3d73dbe66673dc428f73dc9eb853ddb3334\
      3df800003e0a66663e18cccd3e2733333e35999a3e4400003e5266663e60cccd\
      3e6f33333e7d99993e8600003e8d33343e9466663e9b999a3ea2cccc3eaa0000\
      3eb133333eb866663ebf999a3ec6cccc3ece00003ed533333edc66663ee3999a\
      3eeacccc3ef200003ef933323f0033333f03cccc3f0766663f0b00003f0e999a\
      3f1233343f15cccd3f1966663f1d00003f20999a3f2433343f27cccd3f2b6666\
      3f2f00003f32999a3f3633343f39cccd3f3d66663f4100003f44999a3f483333\
      3f4bcccd3f4f66663f5300003f56999a3f5a33333f5dcccd3f6166663f650000\
      3f68999a3f6c33333f6fcccd3f7366663f7700003f7a999a3f7e33333f800000\
      """;

  private static final float[] MAP = map();

  private Nf4() {}

  /// What the codes stand for.
  public static float[] levels() {
    return LEVELS.clone();
  }

  /// What the codes of scales stand for, ascending.
  public static float[] dynamicMap() {
    return MAP.clone();
  }

  static float level(int code) {
    return LEVELS[code];
  }

  static float mapped(int code) {
    return MAP[code];
  }

  /// The code of a number between −1 and 1.
  static int code(float scaled) {
    return nearest(LEVELS, scaled);
  }

  static int mapCode(float scaled) {
    return nearest(MAP, scaled);
  }

  static int blocks(int count, int block) {
    return Math.ceilDiv(count, block);
  }

  static int groups(int blocks) {
    return Math.ceilDiv(blocks, GROUP);
  }

  /// Bytes of `count` numbers in memory: whole blocks, and whole groups of scales.
  static long bytes(int count, int block, boolean doubled) {
    int blocks = blocks(count, block);
    long codes = (long) blocks * (block / 2);
    int groups = groups(blocks);
    long scales =
        doubled ? (long) groups * GROUP + (groups + 1L) * Float.BYTES : (long) blocks * Float.BYTES;
    return codes + scales;
  }

  /// The index of the number that is nearest in fp32, of two equally near ones the lower; 0 for
  /// what is no number, as for a block of zeros.
  private static int nearest(float[] ascending, float x) {
    if (Float.isNaN(x)) {
      return 0;
    }
    int low = 0;
    int high = ascending.length - 1;
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (ascending[middle] <= x) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return Math.abs(x - ascending[high]) < Math.abs(x - ascending[low]) ? high : low;
  }

  private static float[] map() {
    int positive = DYNAMIC.length() / Integer.BYTES / 2;
    float[] map = new float[2 * positive];
    for (int i = 0; i < positive; i++) {
      int at = 2 * Integer.BYTES * i;
      int bits = HexFormat.fromHexDigits(DYNAMIC, at, at + 2 * Integer.BYTES);
      map[positive + i] = Float.intBitsToFloat(bits);
      if (i < positive - 1) {
        map[positive - 2 - i] = -map[positive + i];
      }
    }
    // Between them, at positive − 1, is the zero; −1 is not there.
    return map;
  }
}

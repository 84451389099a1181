package nimble.vm.gradient;

import java.util.List;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.vm.tensor.Floats;

/// The form in which a step's gradient is committed, sent and applied (T2). −0 and subnormals
/// become 0, infinities and NaN stay not finite, and decoding is exact.
public sealed interface GradientCodec permits Bf16, Int8, Fp32 {
  /// Its byte in the canonical encoding.
  int tag();

  /// As people write it.
  String name();

  /// Bytes of `count` numbers.
  int size(int count);

  /// Rounds the whole of `gradient`.
  Bytes encode(Floats gradient);

  /// The inverse, piece by piece.
  ///
  /// @param encoded what [#encode] could give for `count` numbers; otherwise [Malformed]
  GradientReader reader(Bytes encoded, int count) throws Malformed;

  /// The inverse, into the whole of `target`.
  default void decode(Bytes encoded, Floats target) throws Malformed {
    GradientReader reader = reader(encoded, target.count());
    float[] piece = new float[GradientReader.PIECE];
    for (int at = 0; at < target.count(); at += piece.length) {
      int length = Math.min(piece.length, target.count() - at);
      reader.read(at, piece, length);
      target.put(at, piece, length);
    }
  }

  /// For each of its finite numbers the closed interval of those that [#encode] brings to it, given
  /// the scale of its block where there is one.
  void intervals(Bytes encoded, Floats low, Floats high) throws Malformed;

  static List<GradientCodec> all() {
    return List.of(new Bf16(), new Int8(), new Fp32());
  }

  static Optional<GradientCodec> ofName(String name) {
    return all().stream().filter(codec -> codec.name().equals(name)).findFirst();
  }

  static GradientCodec ofTag(int tag) throws Malformed {
    return all().stream()
        .filter(codec -> codec.tag() == tag)
        .findFirst()
        .orElseThrow(() -> new Malformed("gradient codec %d".formatted(tag)));
  }

  /// `encoded` must be what [#encode] gives for `count` numbers, by its length.
  default void checkSize(Bytes encoded, int count) throws Malformed {
    if (encoded.size() != size(count)) {
      throw new Malformed(
          "gradient of %d bytes, must be %d".formatted(encoded.size(), size(count)));
    }
  }
}

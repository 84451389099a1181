package nimble.crypto;

import java.util.HexFormat;
import java.util.List;
import nimble.codec.Bytes;
import nimble.types.PublicKey;
import nimble.types.Signature;

/// Ed25519 (RFC 8032) with one exact rule, because a signature that one node accepts and another
/// refuses splits the chain (K1 to K3). The libraries disagree with one another on odd encodings
/// and on points with a part of small order ("Taming the many EdDSAs", eprint 2020/1244), so this
/// class decides all that can be read off the bytes and leaves only the equation to a library.
public final class Ed25519 {
  /// What a library does: the equation `S·B = R + h·A`, for one key.
  @FunctionalInterface
  interface Equation {
    boolean holds(Bytes message, Signature signature);
  }

  @FunctionalInterface
  interface Signer {
    Signature sign(Bytes message);
  }

  /// One library.
  interface Engine {
    /// `key` has passed [#isStrongPoint]; it may still lie off the curve, then nothing holds.
    Equation equation(PublicKey key);

    Signer signer(Bytes seed, PublicKey key);
  }

  static final Engine ENGINE = ProviderEd25519.corretto().orElseGet(PortableEd25519::new);

  /// The order of the base point, and the field's prime: little-endian.
  private static final Bytes L =
      littleEndian("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");

  private static final Bytes P =
      littleEndian("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");

  /// The y of the eight points whose order divides the cofactor: 1, 0, −1, and two of order eight.
  private static final List<Bytes> SMALL_ORDER_Y =
      List.of(
          littleEndian("0100000000000000000000000000000000000000000000000000000000000000"),
          littleEndian("0000000000000000000000000000000000000000000000000000000000000000"),
          littleEndian("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
          littleEndian("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
          littleEndian("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"));

  private Ed25519() {}

  public static boolean verify(PublicKey key, Bytes message, Signature signature) {
    return VerifyKey.of(key).verify(message, signature);
  }

  /// K1: S is below the order of the base point.
  static boolean isCanonicalScalar(Bytes s) {
    return isBelow(s, L);
  }

  /// K1, K2: y is below p, and it is not the y of a point of small order. (The one other
  /// non-canonical form, x = 0 with the sign bit set, has y = ±1.)
  static boolean isStrongPoint(Bytes encoded) {
    Bytes y = withoutSign(encoded);
    return isBelow(y, P) && !SMALL_ORDER_Y.contains(y);
  }

  private static Bytes withoutSign(Bytes encoded) {
    byte[] y = encoded.toArray();
    y[y.length - 1] &= 0x7f;
    return Bytes.wrap(y);
  }

  private static boolean isBelow(Bytes value, Bytes limit) {
    for (int i = limit.size() - 1; i >= 0; i--) {
      int order = Byte.compareUnsigned(value.at(i), limit.at(i));
      if (order != 0) {
        return order < 0;
      }
    }
    return false;
  }

  private static Bytes littleEndian(String hex) {
    return Bytes.wrap(HexFormat.of().parseHex(hex));
  }
}

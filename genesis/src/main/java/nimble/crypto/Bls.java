package nimble.crypto;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.types.Hash;
import nimble.types.VoteKey;
import nimble.types.VoteSignature;
import supranational.blst.P1;
import supranational.blst.P1_Affine;
import supranational.blst.P2;
import supranational.blst.P2_Affine;
import supranational.blst.Pairing;

/// BLS signatures over BLS12-381 (draft-irtf-cfrg-bls-signature): keys in G1, signatures in G2, the
/// proof-of-possession scheme (K4, K5).
///
/// A verification costs one pairing check, about 0.7 ms, whatever the number of signers, and 0.15
/// ms for a message that is not a [VoteMessage] yet.
public final class Bls {
  static final String SIGNATURE_DST = "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";
  static final String POSSESSION_DST = "BLS_POP_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";

  private static final int COMPRESSED = 0x80;
  private static final int COEFFICIENT_BYTES = 16;
  private static final P1_Affine NEGATIVE_GENERATOR = P1.generator().neg().to_affine();

  private Bls() {}

  public static boolean verify(VoteKey key, Bytes message, VoteSignature signature) {
    return verify(key, message, signature, SIGNATURE_DST);
  }

  /// Whether the owner of `key` knows its secret. Without this proof a key must not enter a
  /// validator set: it could cancel other keys in a sum (K5).
  public static boolean verifyPossession(VoteKey key, VoteSignature proof) {
    return verify(key, key.bytes(), proof, POSSESSION_DST);
  }

  /// Whether all of `keys`, each proven, signed this one message. False when there are none.
  public static boolean verifyAggregate(
      List<VoteKey> keys, Bytes message, VoteSignature signature) {
    try {
      return !keys.isEmpty() && VoteKeyRing.of(keys).verifyAll(VoteMessage.of(message), signature);
    } catch (Malformed e) {
      return false;
    }
  }

  /// The sum of at least one signature. It is valid if all of them are; check it, or check them.
  public static VoteSignature aggregate(List<VoteSignature> signatures) throws Malformed {
    Invariant.check(!signatures.isEmpty(), "nothing to aggregate");
    P2 sum = new P2();
    for (VoteSignature signature : signatures) {
      sum.add(point(signature));
    }
    return signature(sum);
  }

  static VoteSignature signature(P2 point) {
    return new VoteSignature(Bytes.wrap(point.compress()));
  }

  /// A point of the right group, and not infinity (K4).
  static P1_Affine point(VoteKey key) throws Malformed {
    P1_Affine point = decode(key.bytes(), P1_Affine::new);
    if (!point.in_group() || point.is_inf()) {
      throw new Malformed("vote key outside the group");
    }
    return point;
  }

  /// A point of the curve: [#holds] and [#hold] check its group.
  static P2_Affine point(VoteSignature signature) throws Malformed {
    return decode(signature.bytes(), P2_Affine::new);
  }

  static Optional<P2_Affine> pointIfAny(VoteSignature signature) {
    try {
      return Optional.of(point(signature));
    } catch (Malformed e) {
      return Optional.empty();
    }
  }

  /// The pairing check. `key` comes from [#point(VoteKey)], or is a sum of such points. An infinite
  /// sum of keys or an infinite signature verifies nothing.
  static boolean holds(P1_Affine key, P2_Affine message, P2_Affine signature) {
    return signature.in_group() && pairs(key, message, signature);
  }

  /// Whether the owner of `key` signed both, at little more than the price of one check: the second
  /// is added with a coefficient that depends on both, so that errors cannot cancel (Bellare, Garay
  /// and Rabin 1998, the small exponents test).
  static boolean hold(P1_Affine key, Claim first, Claim second) {
    if (!first.signature().in_group() || !second.signature().in_group()) {
      return false;
    }
    BigInteger coefficient = coefficient(key, first, second);
    return pairs(
        key,
        sum(first.message(), second.message(), coefficient),
        sum(first.signature(), second.signature(), coefficient));
  }

  /// Whether e(key, message) = e(generator, signature), for points of the right groups.
  private static boolean pairs(P1_Affine key, P2_Affine message, P2_Affine signature) {
    if (key.is_inf() || signature.is_inf()) {
      return false;
    }
    Pairing product = new Pairing(true, SIGNATURE_DST);
    product.raw_aggregate(message, key);
    product.raw_aggregate(signature, NEGATIVE_GENERATOR);
    product.commit();
    return product.finalverify();
  }

  /// What somebody is said to have signed.
  record Claim(P2_Affine message, P2_Affine signature) {
    private Bytes bytes() {
      return Bytes.concat(Bytes.wrap(message.serialize()), Bytes.wrap(signature.serialize()));
    }
  }

  private static P2_Affine sum(P2_Affine first, P2_Affine second, BigInteger coefficient) {
    return second.to_jacobian().mult(coefficient).add(first).to_affine();
  }

  /// Odd, of 128 bits.
  private static BigInteger coefficient(P1_Affine key, Claim first, Claim second) {
    Hash both =
        Hashing.of("bls/claims", Bytes.wrap(key.serialize()), first.bytes(), second.bytes());
    return new BigInteger(1, both.bytes().toArray(COEFFICIENT_BYTES)).setBit(0);
  }

  private static boolean verify(VoteKey key, Bytes message, VoteSignature signature, String dst) {
    try {
      return holds(point(key), VoteMessage.of(message, dst).point(), point(signature));
    } catch (Malformed e) {
      return false;
    }
  }

  private interface Decoder<T> {
    T decode(byte[] compressed);
  }

  /// The library throws a bare `RuntimeException` for bytes that are no point of the curve.
  private static <T> T decode(Bytes bytes, Decoder<T> decoder) throws Malformed {
    if ((bytes.at(0) & COMPRESSED) == 0) {
      throw new Malformed("not a compressed point");
    }
    try {
      return decoder.decode(bytes.toArray());
    } catch (RuntimeException e) {
      throw new Malformed("no point of the curve");
    }
  }
}

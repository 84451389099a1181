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
import supranational.blst.BLST_ERROR;
import supranational.blst.P1_Affine;
import supranational.blst.P2;
import supranational.blst.P2_Affine;
import supranational.blst.Pairing;

/// BLS signatures over BLS12-381 (draft-irtf-cfrg-bls-signature): keys in G1, signatures in G2, the
/// proof-of-possession scheme (K4, K5).
///
/// A verification costs one pairing check, about a millisecond, whatever the number of signers.
public final class Bls {
  static final String SIGNATURE_DST = "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";
  static final String POSSESSION_DST = "BLS_POP_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";

  private static final int COMPRESSED = 0x80;
  private static final int COEFFICIENT_BYTES = 16;

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
      return !keys.isEmpty() && VoteKeyRing.of(keys).verifyAll(message, signature);
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

  /// A point of the curve: [#holds] checks its group.
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
  static boolean holds(P1_Affine key, Bytes message, P2_Affine signature, String dst) {
    if (signature.is_inf()) {
      return false;
    }
    Pairing pairing = new Pairing(true, dst);
    // The library checks here that the signature lies in its group; the key is the caller's.
    if (pairing.aggregate(key, signature, message.toArray()) != BLST_ERROR.BLST_SUCCESS) {
      return false;
    }
    pairing.commit();
    return pairing.finalverify();
  }

  /// Whether both claims hold, at the price of about one and a half checks: the second is added
  /// with a coefficient that depends on both, so that errors cannot cancel (Bellare, Garay and
  /// Rabin 1998, the small exponents test).
  static boolean hold(Claim first, Claim second) {
    if (first.signature().is_inf() || second.signature().is_inf()) {
      return false;
    }
    Pairing pairing = new Pairing(true, SIGNATURE_DST);
    byte[] other = second.message().toArray();
    BigInteger coefficient = coefficient(first, second);
    if (pairing.aggregate(first.key(), first.signature(), first.message().toArray())
            != BLST_ERROR.BLST_SUCCESS
        || pairing.mul_n_aggregate(second.key(), second.signature(), coefficient, other)
            != BLST_ERROR.BLST_SUCCESS) {
      return false;
    }
    pairing.commit();
    return pairing.finalverify();
  }

  /// A key, as for [#holds], and what it is said to have signed.
  record Claim(P1_Affine key, Bytes message, P2_Affine signature) {
    private Hash digest() {
      return Hashing.of(
          "bls/claim", Bytes.wrap(key.serialize()), Bytes.wrap(signature.serialize()), message);
    }
  }

  /// Odd, of 128 bits.
  private static BigInteger coefficient(Claim first, Claim second) {
    Hash both = Hashing.of("bls/claims", first.digest().bytes(), second.digest().bytes());
    return new BigInteger(1, both.bytes().toArray(COEFFICIENT_BYTES)).setBit(0);
  }

  private static boolean verify(VoteKey key, Bytes message, VoteSignature signature, String dst) {
    try {
      return holds(point(key), message, point(signature), dst);
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

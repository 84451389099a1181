package nimble.crypto;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.codec.Bytes;

/// The curve of Ed25519 in school-book arithmetic: a dumb second implementation, and a workshop for
/// signatures that no honest signer makes.
record Edwards(BigInteger x, BigInteger y) {
  static final BigInteger P = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));
  static final BigInteger L =
      BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));
  static final Edwards ZERO = new Edwards(BigInteger.ZERO, BigInteger.ONE);

  private static final BigInteger D =
      BigInteger.valueOf(-121665).multiply(BigInteger.valueOf(121666).modInverse(P)).mod(P);
  private static final BigInteger ROOT_OF_MINUS_ONE =
      BigInteger.TWO.modPow(P.subtract(BigInteger.ONE).shiftRight(2), P);

  static final Edwards BASE =
      decode(
              encode(
                  BigInteger.valueOf(4).multiply(BigInteger.valueOf(5).modInverse(P)).mod(P),
                  false))
          .orElseThrow();

  Edwards plus(Edwards other) {
    BigInteger xx = x.multiply(other.x);
    BigInteger yy = y.multiply(other.y);
    BigInteger dxy = D.multiply(xx).multiply(yy).mod(P);
    BigInteger cross = x.multiply(other.y).add(y.multiply(other.x));
    return new Edwards(
        cross.multiply(BigInteger.ONE.add(dxy).modInverse(P)).mod(P),
        yy.add(xx).multiply(BigInteger.ONE.subtract(dxy).modInverse(P)).mod(P));
  }

  /// Double and add, with x and y over a common z, so that only the end needs an inverse.
  Edwards times(BigInteger factor) {
    Fraction sum = new Fraction(BigInteger.ZERO, BigInteger.ONE, BigInteger.ONE);
    Fraction self = new Fraction(x, y, BigInteger.ONE);
    for (int i = factor.bitLength() - 1; i >= 0; i--) {
      sum = sum.plus(sum);
      if (factor.testBit(i)) {
        sum = sum.plus(self);
      }
    }
    BigInteger inverse = sum.z.modInverse(P);
    return new Edwards(sum.x.multiply(inverse).mod(P), sum.y.multiply(inverse).mod(P));
  }

  private record Fraction(BigInteger x, BigInteger y, BigInteger z) {
    Fraction plus(Fraction other) {
      BigInteger zz = z.multiply(other.z).mod(P);
      BigInteger square = zz.multiply(zz).mod(P);
      BigInteger xx = x.multiply(other.x).mod(P);
      BigInteger yy = y.multiply(other.y).mod(P);
      BigInteger dxy = D.multiply(xx).mod(P).multiply(yy).mod(P);
      BigInteger low = square.subtract(dxy);
      BigInteger high = square.add(dxy);
      BigInteger cross = x.multiply(other.y).add(y.multiply(other.x)).mod(P);
      return new Fraction(
          zz.multiply(cross).mod(P).multiply(low).mod(P),
          zz.multiply(yy.add(xx)).mod(P).multiply(high).mod(P),
          low.multiply(high).mod(P));
    }
  }

  Bytes encode() {
    return encode(y, x.testBit(0));
  }

  /// Also for a y of p or more, which is not canonical.
  static Bytes encode(BigInteger y, boolean odd) {
    return scalar(odd ? y.setBit(255) : y);
  }

  /// Any encoding of a point, canonical or not.
  static Optional<Edwards> decode(Bytes encoded) {
    BigInteger bits = number(encoded);
    BigInteger y = bits.clearBit(255).mod(P);
    BigInteger yy = y.multiply(y);
    BigInteger xx =
        yy.subtract(BigInteger.ONE).multiply(D.multiply(yy).add(BigInteger.ONE).modInverse(P));
    BigInteger x = xx.modPow(P.add(BigInteger.valueOf(3)).shiftRight(3), P);
    if (!x.multiply(x).subtract(xx).mod(P).equals(BigInteger.ZERO)) {
      x = x.multiply(ROOT_OF_MINUS_ONE).mod(P);
    }
    if (!x.multiply(x).subtract(xx).mod(P).equals(BigInteger.ZERO)) {
      return Optional.empty();
    }
    return Optional.of(
        new Edwards(x.testBit(0) == bits.testBit(255) ? x : P.subtract(x).mod(P), y));
  }

  /// The eight points whose order divides eight: some point of the curve, times L, generates them.
  static List<Edwards> torsion() {
    for (int y = 2; ; y++) {
      Edwards generator =
          decode(encode(BigInteger.valueOf(y), false)).map(point -> point.times(L)).orElse(ZERO);
      if (!generator.times(BigInteger.valueOf(4)).equals(ZERO)) {
        List<Edwards> points = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          points.add(generator.times(BigInteger.valueOf(i)));
        }
        return points;
      }
    }
  }

  static BigInteger challenge(Bytes r, Bytes a, Bytes message) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-512").digest(Bytes.concat(r, a, message).toArray());
      return number(Bytes.wrap(digest)).mod(L);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /// K1 to K3, as they are written.
  static boolean verify(Bytes a, Bytes message, Bytes r, Bytes s) {
    Optional<Edwards> pointA = decode(a);
    Optional<Edwards> pointR = decode(r);
    if (pointA.isEmpty() || pointR.isEmpty() || number(s).compareTo(L) >= 0) {
      return false;
    }
    boolean canonical = pointA.get().encode().equals(a) && pointR.get().encode().equals(r);
    BigInteger eight = BigInteger.valueOf(8);
    boolean small =
        pointA.get().times(eight).equals(ZERO) || pointR.get().times(eight).equals(ZERO);
    if (!canonical || small) {
      return false;
    }
    Edwards right = pointR.get().plus(pointA.get().times(challenge(r, a, message)));
    return BASE.times(number(s)).equals(right);
  }

  static BigInteger number(Bytes littleEndian) {
    return new BigInteger(1, reversed(littleEndian.toArray()));
  }

  static Bytes scalar(BigInteger value) {
    byte[] bytes = new byte[32];
    for (int i = 0; i < 32; i++) {
      bytes[i] = value.shiftRight(8 * i).byteValue();
    }
    return Bytes.wrap(bytes);
  }

  private static byte[] reversed(byte[] bytes) {
    for (int i = 0; i < bytes.length / 2; i++) {
      byte swap = bytes[i];
      bytes[i] = bytes[bytes.length - 1 - i];
      bytes[bytes.length - 1 - i] = swap;
    }
    return bytes;
  }
}

package nimble.crypto;

import nimble.codec.Bytes;
import nimble.types.PublicKey;
import nimble.types.Signature;
import org.bouncycastle.math.ec.rfc8032.Ed25519.PublicPoint;
import org.jspecify.annotations.Nullable;

/// BouncyCastle, on machines without the native provider. It computes as if the equation were
/// multiplied by the cofactor: with R + a point of order two it accepts what others refuse. For
/// points of the prime-order group both equations are one, so it decides only there; for all others
/// the platform's cofactorless verifier does (K3).
final class PortableEd25519 implements Ed25519.Engine {
  private final Ed25519.Engine platform = ProviderEd25519.platform();

  static PublicKey publicKey(Bytes seed) {
    byte[] key = new byte[PublicKey.SIZE];
    org.bouncycastle.math.ec.rfc8032.Ed25519.generatePublicKey(seed.toArray(), 0, key, 0);
    return new PublicKey(Bytes.wrap(key));
  }

  @Override
  public Ed25519.Equation equation(PublicKey key) {
    Ed25519.Equation exact = platform.equation(key);
    @Nullable PublicPoint point =
        org.bouncycastle.math.ec.rfc8032.Ed25519.validatePublicKeyFullExport(
            key.bytes().toArray(), 0);
    if (point == null) {
      return exact;
    }
    return (message, signature) ->
        startsInPrimeOrderGroup(signature)
            ? holds(point, message, signature)
            : exact.holds(message, signature);
  }

  /// Whether R is a point of the group that the base point generates.
  private static boolean startsInPrimeOrderGroup(Signature signature) {
    return org.bouncycastle.math.ec.rfc8032.Ed25519.validatePublicKeyFull(
        signature.bytes().toArray(), 0);
  }

  private static boolean holds(PublicPoint key, Bytes message, Signature signature) {
    return org.bouncycastle.math.ec.rfc8032.Ed25519.verify(
        signature.bytes().toArray(), 0, key, message.toArray(), 0, message.size());
  }

  @Override
  public Ed25519.Signer signer(Bytes seed, PublicKey key) {
    return message -> {
      byte[] signature = new byte[Signature.SIZE];
      org.bouncycastle.math.ec.rfc8032.Ed25519.sign(
          seed.toArray(),
          0,
          key.bytes().toArray(),
          0,
          message.toArray(),
          0,
          message.size(),
          signature,
          0);
      return new Signature(Bytes.wrap(signature));
    };
  }
}

package nimble.crypto;

import java.security.PrivateKey;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.types.PublicKey;
import nimble.types.Signature;

/// An Ed25519 key pair: of an account, or the hot key of a node. Immutable; any thread may use it.
/// Equality is identity, and nothing here prints the secret.
public final class SigningKey {
  public static final int SEED_SIZE = 32;

  private final Bytes seed;
  private final PublicKey publicKey;
  private final Ed25519.Signer signer;

  private SigningKey(Bytes seed, PublicKey publicKey, Ed25519.Signer signer) {
    this.seed = seed;
    this.publicKey = publicKey;
    this.signer = signer;
  }

  /// `seed` is the 32-byte private key of RFC 8032.
  public static SigningKey fromSeed(Bytes seed) {
    return fromSeed(seed, Ed25519.ENGINE);
  }

  static SigningKey fromSeed(Bytes seed, Ed25519.Engine engine) {
    Invariant.check(seed.size() == SEED_SIZE, "seed of %d bytes", seed.size());
    PublicKey publicKey = PortableEd25519.publicKey(seed);
    return new SigningKey(seed, publicKey, engine.signer(seed, publicKey));
  }

  public PublicKey publicKey() {
    return publicKey;
  }

  public Signature sign(Bytes message) {
    return signer.sign(message);
  }

  /// The secret, for a keystore.
  public Bytes seed() {
    return seed;
  }

  /// The same key as the platform's libraries take it, for TLS.
  public PrivateKey toPlatform() {
    return PlatformKeys.privateKey(seed);
  }

  @Override
  public String toString() {
    return "SigningKey[" + publicKey + "]";
  }
}

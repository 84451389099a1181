package nimble.crypto;

import nimble.codec.Bytes;
import nimble.types.PublicKey;
import nimble.types.Signature;

/// A public key made ready for many verifications. Immutable; any thread may use it.
public final class VerifyKey {
  private final PublicKey key;
  private final Ed25519.Equation equation;

  private VerifyKey(PublicKey key, Ed25519.Equation equation) {
    this.key = key;
    this.equation = equation;
  }

  public static VerifyKey of(PublicKey key) {
    return of(key, Ed25519.ENGINE);
  }

  static VerifyKey of(PublicKey key, Ed25519.Engine engine) {
    boolean strong = Ed25519.isStrongPoint(key.bytes());
    return new VerifyKey(key, strong ? engine.equation(key) : (message, signature) -> false);
  }

  public PublicKey key() {
    return key;
  }

  public boolean verify(Bytes message, Signature signature) {
    Bytes r = signature.bytes().slice(0, PublicKey.SIZE);
    Bytes s = signature.bytes().slice(PublicKey.SIZE, Signature.SIZE);
    return Ed25519.isCanonicalScalar(s)
        && Ed25519.isStrongPoint(r)
        && equation.holds(message, signature);
  }

  @Override
  public String toString() {
    return key.toString();
  }
}

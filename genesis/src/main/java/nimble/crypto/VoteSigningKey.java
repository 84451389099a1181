package nimble.crypto;

import java.math.BigInteger;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.types.VoteKey;
import nimble.types.VoteSignature;
import supranational.blst.P1;
import supranational.blst.SecretKey;

/// A validator's BLS key pair. Immutable; any thread may use it. Nothing here prints the secret.
public final class VoteSigningKey {
  public static final int SEED_SIZE = 32;

  private static final BigInteger GROUP_ORDER =
      new BigInteger("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001", 16);

  private final SecretKey secret;
  private final VoteKey voteKey;

  private VoteSigningKey(SecretKey secret) {
    this.secret = secret;
    this.voteKey = new VoteKey(Bytes.wrap(new P1(secret).compress()));
  }

  /// KeyGen of the draft, section 2.3, from 32 bytes of entropy or more.
  public static VoteSigningKey fromSeed(Bytes seed) {
    Invariant.check(seed.size() >= SEED_SIZE, "seed of %d bytes", seed.size());
    SecretKey secret = new SecretKey();
    secret.keygen(seed.toArray());
    return new VoteSigningKey(secret);
  }

  /// The secret number itself, big-endian.
  static VoteSigningKey ofScalar(Bytes scalar) {
    BigInteger value = new BigInteger(1, scalar.toArray());
    Invariant.check(
        scalar.size() == SEED_SIZE && value.signum() > 0 && value.compareTo(GROUP_ORDER) < 0,
        "not a secret key");
    SecretKey secret = new SecretKey();
    secret.from_bendian(scalar.toArray());
    return new VoteSigningKey(secret);
  }

  public VoteKey voteKey() {
    return voteKey;
  }

  public VoteSignature sign(Bytes message) {
    return sign(VoteMessage.of(message));
  }

  public VoteSignature sign(VoteMessage message) {
    return Bls.signature(message.point().to_jacobian().sign_with(secret));
  }

  /// What [Bls#verifyPossession] checks: a signature on the key itself, of its own kind.
  public VoteSignature provePossession() {
    return sign(VoteMessage.of(voteKey.bytes(), Bls.POSSESSION_DST));
  }

  @Override
  public String toString() {
    return "VoteSigningKey[" + voteKey + "]";
  }
}

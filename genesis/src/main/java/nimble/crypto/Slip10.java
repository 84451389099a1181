package nimble.crypto;

import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Writer;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.KeyParameter;

/// A tree of Ed25519 keys from one seed (SLIP-10), all steps hardened. Nothing here prints the
/// secret.
public final class Slip10 {
  /// Our place under m/44' (BIP-44).
  public static final int COIN = 7777;

  private static final Bytes CURVE = Bytes.utf8("ed25519 seed");
  private static final long HARDENED = 0x8000_0000L;

  private final Bytes key;
  private final Bytes chainCode;

  private Slip10(Bytes both) {
    this.key = both.slice(0, SigningKey.SEED_SIZE);
    this.chainCode = both.slice(SigningKey.SEED_SIZE, both.size());
  }

  /// The key at m/44'/7777'/`account`'/0'/0'; `seed` is a mnemonic's.
  public static SigningKey account(Bytes seed, int account) {
    return master(seed).child(44).child(COIN).child(account).child(0).child(0).signingKey();
  }

  static Slip10 master(Bytes seed) {
    return new Slip10(hmac(CURVE, seed));
  }

  /// The child `index`', 0 ≤ index < 2³¹.
  Slip10 child(int index) {
    Invariant.check(index >= 0, "child %d", index);
    return new Slip10(hmac(chainCode, Writer.encode(w -> w.u8(0).raw(key).u32(HARDENED | index))));
  }

  SigningKey signingKey() {
    return SigningKey.fromSeed(key);
  }

  Bytes chainCode() {
    return chainCode;
  }

  private static Bytes hmac(Bytes key, Bytes data) {
    HMac mac = new HMac(new SHA512Digest());
    mac.init(new KeyParameter(key.toArray()));
    mac.update(data.toArray(), 0, data.size());
    byte[] code = new byte[mac.getMacSize()];
    mac.doFinal(code, 0);
    return Bytes.wrap(code);
  }
}

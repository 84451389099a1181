package nimble.chain;

import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.crypto.AddressForm;
import nimble.crypto.Ed25519;
import nimble.crypto.SigningKey;
import nimble.types.Address;
import nimble.types.PublicKey;
import nimble.types.Signature;

/// That the owner of an account says something, to whoever asks: it shows who holds the key. Its
/// preimage has a tag of its own and names no chain, so no chain takes it for a call (C4).
public record SignedMessage(PublicKey key, Signature signature) {
  public static final int MESSAGE_MAX = 1 << 20;

  private static final String TAG = "nimble/message";

  public static SignedMessage sign(SigningKey key, Bytes message) {
    return new SignedMessage(key.publicKey(), key.sign(preimage(message)));
  }

  /// Whether the owner of `account` signed `message`.
  public boolean holds(Address account, Bytes message) {
    return AddressForm.addressOf(key).equals(account)
        && Ed25519.verify(key, preimage(message), signature);
  }

  private static Bytes preimage(Bytes message) {
    return Writer.encode(writer -> writer.string(TAG, TAG.length()).bytes(message, MESSAGE_MAX));
  }

  public void write(Writer writer) {
    key.write(writer);
    signature.write(writer);
  }

  public static SignedMessage read(Reader reader) throws Malformed {
    return new SignedMessage(PublicKey.read(reader), Signature.read(reader));
  }
}

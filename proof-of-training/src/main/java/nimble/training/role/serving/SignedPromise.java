package nimble.training.role.serving;

import nimble.chain.ServePromise;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.crypto.Ed25519;
import nimble.crypto.SigningKey;
import nimble.types.ChainId;
import nimble.types.PublicKey;
import nimble.types.Signature;

/// A promise with its gateway's signature, as it goes to the host and into evidence.
public record SignedPromise(ServePromise promise, Signature gateway) {
  public static SignedPromise by(SigningKey gateway, ChainId chain, ServePromise promise) {
    return new SignedPromise(promise, gateway.sign(promise.preimage(chain)));
  }

  public boolean holds(PublicKey by, ChainId chain) {
    return Ed25519.verify(by, promise.preimage(chain), gateway);
  }

  public Bytes encode() {
    return Writer.encode(this::write);
  }

  void write(Writer writer) {
    promise.write(writer);
    gateway.write(writer);
  }

  public static SignedPromise read(Reader reader) throws Malformed {
    return new SignedPromise(ServePromise.read(reader), Signature.read(reader));
  }
}

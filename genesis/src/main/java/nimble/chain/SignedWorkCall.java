package nimble.chain;

import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.crypto.Hashing;
import nimble.crypto.SigningKey;
import nimble.types.ChainId;
import nimble.types.Hash;
import nimble.types.Signature;

/// A work call and the signature of the hot key that holds its slot. The key is not carried: state
/// names it.
public record SignedWorkCall(WorkCall call, Signature signature) {
  private static final int VERSION = 1;

  /// What is signed (C4).
  public static Bytes preimage(ChainId chain, WorkCall call) {
    return Writer.encode(writer -> {
      writer.string("nimble/work", 32);
      chain.write(writer);
      call.write(writer);
    });
  }

  public static SignedWorkCall by(SigningKey hotKey, ChainId chain, WorkCall call) {
    return new SignedWorkCall(call, hotKey.sign(preimage(chain, call)));
  }

  public Hash id() {
    return Hashing.sha256(encode());
  }

  public Bytes encode() {
    return Writer.encode(this::write);
  }

  public void write(Writer writer) {
    call.write(writer.u8(VERSION));
    signature.write(writer);
  }

  public static SignedWorkCall read(Reader reader) throws Malformed {
    reader.version(VERSION);
    return new SignedWorkCall(WorkCall.read(reader), Signature.read(reader));
  }
}

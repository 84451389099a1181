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
/// names it. A call that [WorkCall#provesItself] has none.
///
/// @param signature of no meaning, and all zeros, where none is needed
public record SignedWorkCall(WorkCall call, Signature signature) {
  private static final int VERSION = 1;
  private static final Signature NONE = new Signature(Bytes.wrap(new byte[Signature.SIZE]));

  public SignedWorkCall {
    signature = call.provesItself() ? NONE : signature;
  }

  /// What is signed (C4).
  public static Bytes preimage(ChainId chain, WorkCall call) {
    return Writer.encode(writer -> {
      writer.string("nimble/work", 32);
      chain.write(writer);
      call.write(writer);
    });
  }

  public static SignedWorkCall by(SigningKey hotKey, ChainId chain, WorkCall call) {
    return new SignedWorkCall(
        call, call.provesItself() ? NONE : hotKey.sign(preimage(chain, call)));
  }

  public Hash id() {
    return Hashing.sha256(encode());
  }

  public Bytes encode() {
    return Writer.encode(this::write);
  }

  public void write(Writer writer) {
    call.write(writer.u8(VERSION));
    if (!call.provesItself()) {
      signature.write(writer);
    }
  }

  public static SignedWorkCall read(Reader reader) throws Malformed {
    reader.version(VERSION);
    WorkCall call = WorkCall.read(reader);
    return new SignedWorkCall(call, call.provesItself() ? NONE : Signature.read(reader));
  }
}

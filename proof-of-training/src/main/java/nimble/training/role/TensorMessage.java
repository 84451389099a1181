package nimble.training.role;

import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// A tensor on its way: the canonical name, then the raw bytes to the end of the message.
public record TensorMessage(TensorName name, Bytes payload) {
  private static final int NAME_MAX = 160;

  public Bytes encode() {
    return Bytes.concat(
        Writer.encode(writer -> writer.bytes(Writer.encode(name::write), NAME_MAX)), payload);
  }

  public static TensorMessage decode(Bytes message) throws Malformed {
    Reader reader = new Reader(message);
    Bytes name = reader.bytes(NAME_MAX);
    Bytes payload = message.slice(Integer.BYTES + name.size(), message.size());
    return new TensorMessage(Reader.decode(name, TensorName::read), payload);
  }
}

package nimble.light;

import java.util.Optional;
import nimble.chain.Header;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.state.StateHash;
import nimble.state.StateProof;

/// That the state holds a value at a key, or none (Y6).
public record StateClaim(Bytes key, StateProof proof) {
  /// The value, empty when the proof shows that there is none. The header is final for the caller.
  public Optional<Bytes> valueUnder(Header header) throws Malformed {
    return proof.verify(header.stateRoot(), key);
  }

  public void write(Writer writer) {
    writer.bytes(key, StateHash.KEY_MAX);
    proof.write(writer);
  }

  public static StateClaim read(Reader reader) throws Malformed {
    return new StateClaim(reader.bytes(StateHash.KEY_MAX), StateProof.read(reader));
  }
}

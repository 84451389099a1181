package nimble.ledger;

import java.util.Optional;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;

/// The state after some block, read by key. No scans: whatever is walked has an index in state.
@FunctionalInterface
public interface StateView {
  /// Every key is absent.
  StateView EMPTY = key -> Optional.empty();

  Optional<Bytes> get(Bytes key);

  /// The record at `key`. State is written by this code only, so bytes that do not decode stop the
  /// node.
  default <T> Optional<T> read(Bytes key, Reader.Decoder<T> decoder) {
    Optional<Bytes> stored = get(key);
    if (stored.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Reader.decode(stored.get(), decoder));
    } catch (Malformed e) {
      throw new IllegalStateException("state at %s is not what was written".formatted(key), e);
    }
  }
}

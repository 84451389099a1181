package nimble.node.chain;

import java.util.Optional;
import nimble.codec.Bytes;

/// Where a mempool outlives its process. To lose it costs clients a second try, nothing else, so
/// nothing waits for the disk.
public interface PoolFile {
  /// At most so much is read back.
  int BYTES_MAX = 96 << 20;

  /// What was saved last; empty when there is none.
  Optional<Bytes> load();

  /// False when the disk does not take it.
  boolean save(Bytes snapshot);

  /// Of a node whose disk lives in memory.
  static PoolFile inMemory() {
    return new PoolFile() {
      private Optional<Bytes> saved = Optional.empty();

      @Override
      public Optional<Bytes> load() {
        return saved;
      }

      @Override
      public boolean save(Bytes snapshot) {
        saved = Optional.of(snapshot);
        return true;
      }
    };
  }
}

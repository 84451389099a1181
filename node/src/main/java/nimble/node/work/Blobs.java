package nimble.node.work;

import java.util.List;
import java.util.function.Consumer;
import nimble.blob.Manifest;
import nimble.codec.ByteSource;
import nimble.codec.Bytes;
import nimble.types.Hash;

/// Blobs by their manifest's id, wherever in the network they are. Answers come from the exchange's
/// own thread: they must not block.
public interface Blobs {
  /// No larger one is ever gathered whole.
  long BYTES_MAX = 1L << 30;

  /// What is not larger is given in memory; of all else, where it is read (W10).
  int IN_MEMORY_MAX = 4 << 20;

  /// What became of a fetch.
  sealed interface Fetched {
    record Whole(ByteSource data) implements Fetched {}

    record Failed(String reason) implements Fetched {}
  }

  /// Gathers the whole blob: from here, and what is missing from peers.
  ///
  /// @param bytesMax it has failed where its manifest says more: nothing else of it is fetched (W7)
  void fetch(Hash manifest, long bytesMax, Consumer<Fetched> done);

  /// Keeps the chunks and the manifest, and serves them from then on.
  void store(Manifest manifest, List<Bytes> chunks, Runnable done);
}

package nimble.node.work;

import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.Consumer;
import nimble.blob.Manifest;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.storage.Shelf;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// The shelf of this node (E1 to E5 of `nimble.storage`): chunks in groups, served by hash while a
/// group holds them, and documents, which are not. Requests are handled in the order in which they
/// are made; answers come from the exchange's own thread: they must not block.
public interface Evidence {
  /// A blob that a group wants.
  ///
  /// @param sources asked before all others, as long as they answer
  /// @param sizeMax the largest blob that is gathered, in bytes
  /// @param patienceMillis without a new chunk for so long the fetch has failed
  record Order(
      String group, Hash manifest, List<PublicKey> sources, long sizeMax, long patienceMillis) {
    public Order {
      Invariant.check(
          sizeMax >= 0 && patienceMillis > 0, "%d bytes in %d ms", sizeMax, patienceMillis);
      sources = List.copyOf(sources);
    }
  }

  /// Gathers the whole blob into its group: from here, and what is missing from peers. After a
  /// failure the group keeps what has come, so that another order goes on from there.
  void fetch(Order order, Consumer<Blobs.Fetched> done);

  /// Puts a blob into a group. [Shelf.Put#FULL]: not all of it is there; the same call goes on once
  /// there is room.
  void keep(String group, Manifest manifest, List<Bytes> chunks, Consumer<Shelf.Put> done);

  /// Writes a document: durable when `done` is told so, with all that the group was given before.
  void write(String group, String document, Bytes contents, Consumer<Shelf.Put> done);

  void read(String group, String document, Consumer<Optional<Bytes>> done);

  void groups(Consumer<SortedSet<String>> done);

  /// Gives a group up; what was being fetched into it has failed.
  void drop(String group);
}

package nimble.storage;

import java.util.Optional;
import java.util.SortedSet;
import nimble.codec.Bytes;
import nimble.types.Hash;

/// Evidence: chunks and named documents in groups that are given up at once (E1 to E5). Any thread
/// may call.
public interface Shelf {
  /// What became of a chunk or a document.
  enum Put {
    STORED,
    /// The group holds this chunk already.
    PRESENT,
    /// It does not fit under the maximum or on the disk: nothing has changed.
    FULL
  }

  int GROUPS_MAX = 4_096;
  int NAME_MAX = 96;
  int DOCUMENT_BYTES_MAX = 64 << 20;

  /// What an entry takes beside its contents.
  int ENTRY_BYTES = 49;

  /// Puts a chunk into a group, under the name that the caller has computed.
  ///
  /// @param group 1 to [#NAME_MAX] of `a-z 0-9 . -`, the first no dot
  /// @param name [nimble.blob.Manifest#chunkHash] of `chunk`
  Put put(String group, Hash name, Bytes chunk);

  /// Puts a document in the place of one of that name; durable on return, with all that was put
  /// into the group before.
  Put write(String group, String document, Bytes contents);

  boolean has(String group, Hash chunk);

  /// From any group that holds it; empty when none does.
  Optional<Bytes> get(Hash chunk);

  Optional<Bytes> read(String group, String document);

  SortedSet<String> groups();

  /// Gives a group up with all that is in it; false when there is none.
  boolean drop(String group);

  long bytesUsed();

  long bytesMax();
}

package nimble.storage;

import java.util.List;
import nimble.codec.Bytes;
import nimble.types.Hash;

/// What a validator must never forget: its votes, and beside them the bodies it certified (V1 to
/// V6). One owner, one thread: append all of a turn, sync once, then send.
public interface VoteLog extends AutoCloseable {
  /// A log as it was found: its entries at or above its floor, oldest first.
  record Opened(VoteLog log, List<LogEntry> entries) {
    public Opened {
      entries = List.copyOf(entries);
    }

    /// Whether nothing was ever signed with it.
    public boolean isUnused() {
      return entries.isEmpty() && log.floor().equals(Place.START);
    }
  }

  /// Appends a record of view `at`, which must not be below the floor.
  void append(Place at, Bytes record);

  /// Appends a certified body of view `at`; below the floor nobody needs it, and nothing happens.
  void appendBody(Place at, Hash hash, Bytes body);

  /// Returns when everything appended so far is durable. May be called with nothing to do.
  void sync();

  /// Nothing below is ever signed.
  Place floor();

  /// Raises the floor; a lower one is ignored. It holds at once and is durable with the next sync.
  /// A new epoch starts a new segment.
  void raise(Place floor);

  @Override
  void close();
}

package nimble.storage;

import java.util.List;
import nimble.codec.Bytes;

/// The few file operations that a vote log is made of, each with its own durability, so that a twin
/// can lose exactly what a disk may lose. Failures are [StorageFailure].
public interface SegmentDirectory extends AutoCloseable {
  /// In ascending order.
  List<String> names();

  /// A new file of zeros; contents durable on return, the name after [#syncNames].
  void create(String name, int bytes);

  Bytes read(String name);

  void write(String name, int offset, Bytes data);

  /// Makes the contents of one file durable.
  void sync(String name);

  /// Replaces nothing: `to` must be free.
  void rename(String from, String to);

  void delete(String name);

  /// Makes creations, renames and deletions durable.
  void syncNames();

  @Override
  void close();
}

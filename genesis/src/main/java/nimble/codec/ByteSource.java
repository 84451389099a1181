package nimble.codec;

/// Bytes that are read where they lie, in memory or on a disk: who takes a part at a time never
/// holds more than that part. What is in memory is [Bytes]. Any thread may read; what has been lost
/// meanwhile is an [IllegalStateException].
public interface ByteSource {
  /// How many there are.
  long length();

  /// `count` of them from `from` on, which must be there.
  Bytes read(long from, int count);

  /// All of them, in memory.
  default Bytes whole() {
    return read(0, Math.toIntExact(length()));
  }
}

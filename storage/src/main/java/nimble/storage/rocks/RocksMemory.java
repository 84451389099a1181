package nimble.storage.rocks;

import nimble.check.Invariant;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/// The native memory of all databases of one process: blocks, indexes, filters and write buffers
/// are charged to one cache. Close it after the last database.
public final class RocksMemory implements AutoCloseable {
  private static final long BYTES_MIN = 8L << 20;

  private final Cache cache;
  private final WriteBufferManager writeBuffers;

  /// At most `cacheBytes`, of which write buffers take at most `writeBufferBytes`.
  public RocksMemory(long cacheBytes, long writeBufferBytes) {
    Invariant.check(
        writeBufferBytes >= BYTES_MIN && cacheBytes >= 2 * writeBufferBytes,
        "cache of %d bytes with write buffers of %d",
        cacheBytes,
        writeBufferBytes);
    RocksDB.loadLibrary();
    cache = new LRUCache(cacheBytes);
    writeBuffers = new WriteBufferManager(writeBufferBytes, cache);
  }

  Cache cache() {
    return cache;
  }

  WriteBufferManager writeBuffers() {
    return writeBuffers;
  }

  /// Bytes in use now, for the metrics.
  public long bytesUsed() {
    return cache.getUsage();
  }

  @Override
  public void close() {
    writeBuffers.close();
    cache.close();
  }
}

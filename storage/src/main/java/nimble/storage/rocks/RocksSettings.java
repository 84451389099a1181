package nimble.storage.rocks;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import nimble.check.Invariant;
import nimble.storage.Family;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.RocksDB;

/// What we ask of RocksDB. Everything that grows has a bound.
final class RocksSettings implements AutoCloseable {
  private static final int OPEN_FILES_MIN = 32;
  private static final long LOG_BYTES_MAX = 64L << 20;
  private static final int BITS_PER_KEY = 10;
  private static final int BACKGROUND_JOBS = 2;
  private static final Set<Family> DENSE = EnumSet.of(Family.NODES, Family.INDEX);

  private final BloomFilter filter;
  private final ColumnFamilyOptions family;

  /// For what is hashes, or random: it takes as much room compressed, and all of it is written
  /// several times.
  private final ColumnFamilyOptions dense;

  private final DBOptions options;

  RocksSettings(RocksMemory memory, int openFilesMax) {
    Invariant.check(openFilesMax >= OPEN_FILES_MIN, "%d open files", openFilesMax);
    filter = new BloomFilter(BITS_PER_KEY);
    family = family(memory).setCompressionType(CompressionType.LZ4_COMPRESSION);
    dense = family(memory).setCompressionType(CompressionType.NO_COMPRESSION);
    options =
        new DBOptions()
            .setCreateIfMissing(true)
            .setCreateMissingColumnFamilies(true)
            .setWriteBufferManager(memory.writeBuffers())
            .setMaxOpenFiles(openFilesMax)
            .setMaxTotalWalSize(LOG_BYTES_MAX)
            .setMaxBackgroundJobs(BACKGROUND_JOBS)
            .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
            .setKeepLogFileNum(2)
            .setMaxLogFileSize(1 << 20);
  }

  private ColumnFamilyOptions family(RocksMemory memory) {
    return new ColumnFamilyOptions()
        .setTableFormatConfig(
            new BlockBasedTableConfig()
                .setBlockCache(memory.cache())
                .setFilterPolicy(filter)
                .setCacheIndexAndFilterBlocks(true)
                .setPinL0FilterAndIndexBlocksInCache(true));
  }

  DBOptions options() {
    return options;
  }

  /// The library's default family, unused, then ours in the order of [Family].
  List<ColumnFamilyDescriptor> families() {
    List<ColumnFamilyDescriptor> all = new ArrayList<>();
    all.add(new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, family));
    for (Family each : Family.values()) {
      byte[] label = each.label().getBytes(StandardCharsets.US_ASCII);
      all.add(new ColumnFamilyDescriptor(label, DENSE.contains(each) ? dense : family));
    }
    return all;
  }

  @Override
  public void close() {
    options.close();
    family.close();
    dense.close();
    filter.close();
  }
}

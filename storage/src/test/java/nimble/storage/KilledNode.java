package nimble.storage;

import java.nio.file.Path;
import java.util.List;
import nimble.codec.Bytes;
import nimble.crypto.Hashing;
import nimble.storage.file.DataDirectory;
import nimble.storage.file.FileVoteLog;
import nimble.storage.rocks.RocksDatabase;
import nimble.storage.rocks.RocksMemory;
import nimble.types.Hash;

/// A process that votes and commits blocks until it is killed, its disk fails, or nobody reads it
/// any more; it prints a height when both are done. Arguments: its home, the bytes of a block.
final class KilledNode {
  static final Hash GENESIS = Hashing.of("killed");
  static final Bytes HEIGHT = Bytes.utf8("height");

  private KilledNode() {}

  public static void main(String[] args) throws Exception {
    DataDirectory home = DataDirectory.open(Path.of(args[0]), "test", GENESIS);
    try (RocksMemory memory = memory();
        Database database = database(home, memory)) {
      VoteLog.Opened votes = FileVoteLog.open(home.votes()).orElseThrow();
      for (long height = height(database) + 1; !System.out.checkError(); height++) {
        if (!knows(votes.entries(), height)) {
          votes.log().append(new Place(0, height), Bytes.ofU64(height));
        }
        votes.log().sync();
        database.commit(block(height, Integer.parseInt(args[1])));
        votes.log().raise(new Place(0, height));
        System.out.println(height);
      }
    }
  }

  static RocksMemory memory() {
    return new RocksMemory(16L << 20, 8L << 20);
  }

  static Database database(DataDirectory home, RocksMemory memory) {
    return RocksDatabase.open(home.database(), memory, 64);
  }

  static long height(Database database) {
    return database.get(Family.META, HEIGHT).map(bytes -> bytes.u64At(0)).orElse(0L);
  }

  private static boolean knows(List<LogEntry> entries, long height) {
    return entries.stream().anyMatch(entry -> entry.at().view() == height);
  }

  private static Batch block(long height, int size) {
    return new Batch()
        .put(Family.META, HEIGHT, Bytes.ofU64(height))
        .put(Family.HEADERS, Bytes.ofU64(height), Bytes.utf8("header"))
        .put(Family.BODIES, Bytes.ofU64(height), Bytes.wrap(new byte[size]));
  }
}

package nimble.node.cli.node;

import java.io.IOException;
import java.nio.file.Path;
import nimble.genesis.Genesis;
import nimble.node.chain.FinalizedChain;
import nimble.node.files.GenesisFile;
import nimble.node.files.Mistake;
import nimble.node.site.NodeDirectory;
import nimble.storage.Database;
import nimble.storage.file.DataDirectory;
import nimble.storage.rocks.RocksDatabase;
import nimble.storage.rocks.RocksMemory;

/// The database of a node that does not run: whoever has it open holds the node's directory.
final class OfflineDatabase implements AutoCloseable {
  private static final long CACHE_BYTES = 128L << 20;
  private static final long WRITE_BUFFER_BYTES = 32L << 20;
  private static final int OPEN_FILES_MAX = 256;

  private final Genesis genesis;
  private final DataDirectory directory;
  private final RocksMemory memory;
  private final RocksDatabase database;

  private OfflineDatabase(
      Genesis genesis, DataDirectory directory, RocksMemory memory, RocksDatabase database) {
    this.genesis = genesis;
    this.directory = directory;
    this.memory = memory;
    this.database = database;
  }

  static OfflineDatabase open(Path home) throws Mistake, IOException, DataDirectory.Refused {
    Genesis genesis = GenesisFile.read(NodeDirectory.genesis(home));
    DataDirectory directory = DataDirectory.open(home, genesis.chain().value(), genesis.hash());
    RocksMemory memory = new RocksMemory(CACHE_BYTES, WRITE_BUFFER_BYTES);
    try {
      return new OfflineDatabase(
          genesis,
          directory,
          memory,
          RocksDatabase.open(directory.database(), memory, OPEN_FILES_MAX));
    } catch (RuntimeException e) {
      memory.close();
      directory.close();
      throw e;
    }
  }

  Genesis genesis() {
    return genesis;
  }

  DataDirectory directory() {
    return directory;
  }

  Database database() {
    return database;
  }

  /// Refuses a database without one.
  FinalizedChain chain() throws Mistake {
    FinalizedChain chain = new FinalizedChain(database);
    if (chain.isEmpty()) {
      throw Mistake.of("%s holds no chain yet: start its node first", directory.database());
    }
    return chain;
  }

  @Override
  public void close() throws IOException {
    database.close();
    memory.close();
    directory.close();
  }
}

package nimble.node.bench;

import nimble.storage.Batch;
import nimble.storage.Database;
import nimble.storage.ForwardingDatabase;

/// A database that does not wait for its disk: for making what can be made again.
final class Unsynced extends ForwardingDatabase {
  Unsynced(Database database) {
    super(database);
  }

  @Override
  public void commit(Batch batch) {
    write(batch);
  }

  @Override
  public void close() {
    super.commit(new Batch());
    super.close();
  }
}

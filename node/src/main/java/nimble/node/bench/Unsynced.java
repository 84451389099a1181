package nimble.node.bench;

import java.util.List;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.storage.Batch;
import nimble.storage.Database;
import nimble.storage.Entry;
import nimble.storage.Family;
import nimble.storage.Range;

/// A database that does not wait for its disk: for making what can be made again.
record Unsynced(Database database) implements Database {
  @Override
  public Optional<Bytes> get(Family family, Bytes key) {
    return database.get(family, key);
  }

  @Override
  public List<Entry> scan(Family family, Range range) {
    return database.scan(family, range);
  }

  @Override
  public void commit(Batch batch) {
    database.write(batch);
  }

  @Override
  public void write(Batch batch) {
    database.write(batch);
  }

  @Override
  public View view() {
    return database.view();
  }

  @Override
  public void clear(Family family, Bytes from) {
    database.clear(family, from);
  }

  @Override
  public void compact() {
    database.compact();
  }

  @Override
  public void close() {
    database.commit(new Batch());
    database.close();
  }
}

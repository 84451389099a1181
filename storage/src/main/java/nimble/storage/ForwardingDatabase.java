package nimble.storage;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import nimble.codec.Bytes;

/// Another database, as it is: for what differs from it in a method or two.
public abstract class ForwardingDatabase implements Database {
  private final Database inner;

  protected ForwardingDatabase(Database inner) {
    this.inner = inner;
  }

  @Override
  public Optional<Bytes> get(Family family, Bytes key) {
    return inner.get(family, key);
  }

  @Override
  public List<Entry> scan(Family family, Range range) {
    return inner.scan(family, range);
  }

  @Override
  public void commit(Batch batch) {
    inner.commit(batch);
  }

  @Override
  public void write(Batch batch) {
    inner.write(batch);
  }

  @Override
  public View view() {
    return inner.view();
  }

  @Override
  public <T> T still(Function<? super Contents, T> reading) {
    return inner.still(reading);
  }

  @Override
  public void clear(Family family, Bytes from) {
    inner.clear(family, from);
  }

  @Override
  public void compact() {
    inner.compact();
  }

  @Override
  public void close() {
    inner.close();
  }
}

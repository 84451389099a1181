package nimble.storage;

import java.util.List;
import java.util.Optional;
import nimble.codec.Bytes;

/// Ordered keys and values in families, written in atomic batches (D1 to D4). One thread writes;
/// the database says whether others may read meanwhile. A disk that fails is a [StorageFailure].
public interface Database extends AutoCloseable {
  Optional<Bytes> get(Family family, Bytes key);

  /// The entries of a bounded range, in its order.
  List<Entry> scan(Family family, Range range);

  /// Applies the whole batch and makes it durable before it returns, with everything written
  /// before.
  void commit(Batch batch);

  /// Applies the whole batch; it becomes durable with the next commit, and a crash before that
  /// loses it whole.
  void write(Batch batch);

  @Override
  void close();
}

package nimble.storage;

import java.util.function.Function;
import nimble.codec.Bytes;

/// Ordered keys and values in families, written in atomic batches (D1 to D5). One thread writes;
/// the database says whether others may read meanwhile. A disk that fails is a [StorageFailure].
public interface Database extends Contents, AutoCloseable {
  /// The whole of it after some batch, whatever is written later (D5). Close it soon: what is
  /// overwritten stays on disk until then.
  interface View extends Contents, AutoCloseable {
    @Override
    default <T> T still(Function<? super Contents, T> reading) {
      return reading.apply(this);
    }

    @Override
    void close();
  }

  /// Applies the whole batch and makes it durable before it returns, with everything written
  /// before.
  void commit(Batch batch);

  /// Applies the whole batch; it becomes durable with the next commit, and a crash before that
  /// loses it whole.
  void write(Batch batch);

  /// Taken between two batches.
  View view();

  @Override
  default <T> T still(Function<? super Contents, T> reading) {
    try (View view = view()) {
      return reading.apply(view);
    }
  }

  /// Deletes all entries of a family whose keys are at least `from`; durable when it returns.
  void clear(Family family, Bytes from);

  /// Gives back to the disk what deleted entries still take.
  void compact();

  @Override
  void close();
}

package nimble.node.chain;

import java.util.List;
import java.util.Optional;
import nimble.chain.Block.Body;
import nimble.chain.Transaction;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.storage.Batch;
import nimble.storage.Contents;
import nimble.storage.Family;
import nimble.storage.Retention;
import nimble.storage.StorageFailure;

/// What blocks leave beside their headers: bodies, receipts, places of transactions. They go when
/// they are older than a node keeps them.
final class Bodies {
  /// Heights pruned at most by one commit.
  private static final int PRUNED_PER_COMMIT_MAX = 64;

  private final Contents database;

  Bodies(Contents database) {
    this.database = database;
  }

  /// The first height whose body may be here; block 0 has none worth keeping.
  long oldest() {
    return database.get(Family.META, ChainKeys.BODIES).map(at -> at.u64At(0)).orElse(1L);
  }

  /// Adds to a batch the deletion of what `retention` no longer keeps when `newest` is the newest,
  /// whole blocks until `most` transactions are reached; whether there was anything.
  boolean prune(Batch batch, long newest, Retention retention, int most) {
    if (retention instanceof Retention.Archive) {
      return false;
    }
    long from = oldest();
    long to = Math.min(retention.oldest(newest), from + PRUNED_PER_COMMIT_MAX);
    long height = from;
    for (int left = most; height < to && left > 0; height++) {
      left -= remove(batch, height);
    }
    if (from < height) {
      batch.put(Family.META, ChainKeys.BODIES, Bytes.ofU64(height));
    }
    return from < height;
  }

  /// How many transactions it had.
  int remove(Batch batch, long height) {
    Bytes key = Bytes.ofU64(height);
    List<Transaction> transactions = transactions(key);
    for (Transaction transaction : transactions) {
      batch.delete(Family.INDEX, ChainKeys.transaction(transaction.id()));
    }
    batch.delete(Family.BODIES, key);
    batch.delete(Family.RECEIPTS, key);
    return transactions.size();
  }

  private List<Transaction> transactions(Bytes height) {
    Optional<Bytes> body = database.get(Family.BODIES, height);
    if (body.isEmpty()) {
      return List.of();
    }
    try {
      return Reader.decode(body.get(), Body::read).transactions();
    } catch (Malformed e) {
      throw new StorageFailure("body %s is damaged: %s".formatted(height, e.reason()), e);
    }
  }
}

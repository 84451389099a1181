package nimble.storage.rocks;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import nimble.storage.StorageFailure;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/// What happened to a database, and what its owner can do about it.
final class DatabaseFailure {
  private static final String DAMAGED =
      "it is damaged; `nimble db verify` says where, and `nimble db reset` with `nimble node start"
          + " --sync state` mends it";
  private static final String FULL =
      "the disk is full; what was final is safe: make room and start again";
  private static final String READ_ONLY =
      "the disk is read-only; what was final is safe: make it writable and start again";

  private DatabaseFailure() {}

  static StorageFailure of(String verb, Path directory, Exception cause) {
    String words = String.valueOf(cause.getMessage());
    String advice = advice(cause, words.toLowerCase(Locale.ROOT));
    return new StorageFailure(
        "cannot %s the database %s: %s%s".formatted(verb, directory, words, advice), cause);
  }

  private static String advice(Exception cause, String words) {
    if (isFull(cause) || words.contains("no space left")) {
      return ": " + FULL;
    }
    if (words.contains("read-only file system") || words.contains("permission denied")) {
      return ": " + READ_ONLY;
    }
    return isDamage(cause) || words.contains("corruption") || words.contains("checksum")
        ? ": " + DAMAGED
        : "";
  }

  private static boolean isFull(Exception cause) {
    return status(cause).filter(it -> it.getSubCode() == Status.SubCode.NoSpace).isPresent();
  }

  private static boolean isDamage(Exception cause) {
    return status(cause).filter(it -> it.getCode() == Status.Code.Corruption).isPresent();
  }

  private static Optional<Status> status(Exception cause) {
    return cause instanceof RocksDBException failure
        ? Optional.ofNullable(failure.getStatus())
        : Optional.empty();
  }
}

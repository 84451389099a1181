package nimble.storage;

/// The disk failed, or what stands on it is not what was written. Never handled: the node stops and
/// prints the message, which names the file and the offset where there is one.
public final class StorageFailure extends RuntimeException {
  public StorageFailure(String message) {
    super(message);
  }

  public StorageFailure(String message, Throwable cause) {
    super(message, cause);
  }
}

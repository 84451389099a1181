package nimble.codec;

/// Bytes from outside that are not what they should be. The peer's or the user's fault, never ours:
/// checked, so that no caller can forget it. Carries no stack trace, because a flood of bad bytes
/// must stay cheap.
public final class Malformed extends Exception {
  private final String reason;

  public Malformed(String message) {
    super(message, null, false, false);
    this.reason = message;
  }

  /// The message, which is always there.
  public String reason() {
    return reason;
  }
}

package nimble.codec;

/// Bytes from outside that are not what they should be. The peer's or the user's fault, never ours:
/// checked, so that no caller can forget it. Carries no stack trace, because a flood of bad bytes
/// must stay cheap.
public final class Malformed extends Exception {
  public Malformed(String message) {
    super(message, null, false, false);
  }
}

package nimble.p2p;

import nimble.check.Invariant;

/// What an operator wants of relays.
///
/// @param guestsMax how many nodes that cannot be dialled this one relays for at once
public record RelayPolicy(Mode mode, int guestsMax) {
  /// Whether others relay for this node.
  public enum Mode {
    /// When peers cannot dial it.
    AUTO,
    /// Without asking whether they could.
    ALWAYS,
    NEVER
  }

  public static final int GUESTS_MAX = 1_024;
  public static final RelayPolicy USUAL = new RelayPolicy(Mode.AUTO, 16);

  public RelayPolicy {
    Invariant.check(guestsMax >= 0 && guestsMax <= GUESTS_MAX, "%d guests", guestsMax);
  }
}

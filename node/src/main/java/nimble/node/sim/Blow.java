package nimble.node.sim;

/// What strikes a network at an epoch's last block (W16).
public enum Blow {
  /// The validator that hears of it first crashes.
  CRASH,
  /// All validators crash.
  BLACKOUT,
  /// The network splits, the one that hears of it first on the smaller side.
  SPLIT
}

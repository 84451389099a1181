package nimble.training;

/// How a dispute ended (J30).
public enum DisputeResult {
  /// The miner's number is outside of what any honest machine could have, or it fell silent.
  MINER_LOSES,
  /// The accuser's is, or it fell silent.
  ACCUSER_LOSES,
  /// Both could be honest, or nobody played.
  UNDECIDED
}

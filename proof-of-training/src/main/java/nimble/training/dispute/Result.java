package nimble.training.dispute;

/// How a game ends.
public enum Result {
  MINER_LOSES,
  ACCUSER_LOSES,
  /// Both numbers are outside.
  BOTH_LOSE,
  /// Both numbers are inside.
  UNDECIDED,
  /// What is left to say does not fit.
  NO_ROOM;

  static Result against(Side side) {
    return side == Side.MINER ? MINER_LOSES : ACCUSER_LOSES;
  }
}

package nimble.training.dispute;

/// How a game ends.
public enum Result {
  MINER_LOSES,
  ACCUSER_LOSES,
  /// Both numbers are outside.
  BOTH_LOSE,
  UNDECIDED;

  static Result against(Side side) {
    return side == Side.MINER ? MINER_LOSES : ACCUSER_LOSES;
  }
}

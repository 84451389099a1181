package nimble.training.dispute;

/// Who plays.
public enum Side {
  MINER,
  ACCUSER
}

package nimble.p2p;

/// How bad it was.
public enum Penalty {
  /// Happens to the best: late, did not have it.
  SMALL(5),
  /// Does not happen to a node that runs our code.
  LARGE(50);

  private final int points;

  Penalty(int points) {
    this.points = points;
  }

  int points() {
    return points;
  }
}

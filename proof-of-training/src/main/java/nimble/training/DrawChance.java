package nimble.training;

/// How likely a stage of a closed round is drawn (J16).
public final class DrawChance {
  /// Parts × permille of the rate × thousandths of a step.
  public static final long CERTAIN = 10L * 1_000 * 1_000;

  /// Of ten parts, the first draw has nine; the other guards against who knows that it is over.
  private static final int FIRST_PARTS = 9;

  private static final int SECOND_PARTS = 1;

  private DrawChance() {}

  /// Out of [#CERTAIN].
  ///
  /// @param draws before this one
  /// @param permille the stage's audit rate
  /// @param milliSteps the round's operations, in thousandths of a step
  public static long of(int draws, int permille, long milliSteps) {
    int parts = draws == 0 ? FIRST_PARTS : SECOND_PARTS;
    return Math.min(CERTAIN, Math.multiplyExact((long) parts * permille, milliSteps));
  }
}

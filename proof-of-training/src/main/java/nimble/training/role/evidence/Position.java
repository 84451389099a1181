package nimble.training.role.evidence;

import java.util.Comparator;

/// How far a stage is: a step of a round of an attempt.
public record Position(int attempt, int round, int step) implements Comparable<Position> {
  private static final Comparator<Position> ORDER =
      Comparator.comparingInt(Position::attempt)
          .thenComparingInt(Position::round)
          .thenComparingInt(Position::step);

  @Override
  public int compareTo(Position other) {
    return ORDER.compare(this, other);
  }
}

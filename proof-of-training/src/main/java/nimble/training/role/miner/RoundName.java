package nimble.training.role.miner;

import java.util.Comparator;
import nimble.chain.StageSlot;

/// A round that a miner committed to.
///
/// @param attempt at which it did
public record RoundName(StageSlot slot, int attempt, int round) implements Comparable<RoundName> {
  private static final Comparator<RoundName> ORDER =
      Comparator.comparing(RoundName::slot)
          .thenComparingInt(RoundName::round)
          .thenComparingInt(RoundName::attempt);

  @Override
  public int compareTo(RoundName other) {
    return ORDER.compare(this, other);
  }
}

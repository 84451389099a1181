package nimble.training.fault;

import java.util.Optional;
import java.util.stream.Stream;

/// One way in which a miner deviates. Whatever is not said here it does as it should.
public enum Fault {
  /// Stops in the middle of a round, for good; the node stays up and serves what it has.
  VANISHES_MID_ROUND("VanishesMidRound");

  /// An honest beginning, so that there is something to go back to.
  private static final int VANISHES_IN_ROUND = 3;

  private final String actor;

  Fault(String actor) {
    this.actor = actor;
  }

  /// As people name it.
  public static Optional<Fault> of(String actor) {
    return Stream.of(values()).filter(fault -> fault.actor.equals(actor)).findFirst();
  }

  /// Whether the miner does nothing from this step of this round on.
  ///
  /// @param steps of the round
  public boolean vanishes(int round, int step, int steps) {
    return this == VANISHES_MID_ROUND
        && (round > VANISHES_IN_ROUND || (round == VANISHES_IN_ROUND && 2 * step >= steps));
  }

  @Override
  public String toString() {
    return actor;
  }
}

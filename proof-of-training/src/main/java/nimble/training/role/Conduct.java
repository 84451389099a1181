package nimble.training.role;

import java.util.Optional;

/// Whether a miner or a host does as it should. What is not said here it does with its heavy side.
public interface Conduct {
  Conduct HONEST = new Conduct() {};

  static Conduct of(Optional<? extends Conduct> fault) {
    return fault.isPresent() ? fault.get() : HONEST;
  }

  /// Whether it would admit a mistake, and stand by what it finds right.
  default boolean concedes() {
    return true;
  }

  /// Whether nobody gets to see what its rounds were.
  default boolean withholds() {
    return false;
  }

  /// Whether it is gone once it has computed something of this round.
  default boolean vanishesIn(int round) {
    return false;
  }

  /// Whether nobody gets to see what it served.
  default boolean withholdsRows() {
    return false;
  }
}

package nimble.consensus.sim;

import nimble.consensus.Effect;

/// How a faulty node differs from an honest one.
interface Behaviour {
  /// Performs the effect in its own way; false leaves it to the honest driver.
  boolean performs(Effect effect, Node node);

  /// Overhears what arrives, before the honest driver does.
  default void hears(Packet packet, Node node) {}
}

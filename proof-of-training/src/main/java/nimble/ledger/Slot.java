package nimble.ledger;

import java.util.Optional;
import nimble.types.PublicKey;

/// Whether the chain waits for a work call (L4).
public sealed interface Slot {
  /// It does.
  ///
  /// @param hotKey that may make it
  /// @param gateway whose promise it has to carry, if it is a receipt
  record Open(PublicKey hotKey, Optional<PublicKey> gateway) implements Slot {
    public Open(PublicKey hotKey) {
      this(hotKey, Optional.empty());
    }
  }

  /// It does not.
  ///
  /// @param why in plain words with the values
  record Closed(String why) implements Slot {}

  default Optional<PublicKey> signer() {
    return switch (this) {
      case Open open -> Optional.of(open.hotKey());
      case Closed _ -> Optional.empty();
    };
  }
}

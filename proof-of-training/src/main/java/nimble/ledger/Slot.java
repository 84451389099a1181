package nimble.ledger;

import java.util.Optional;
import nimble.types.PublicKey;

/// Whether the chain waits for a work call (L4).
public sealed interface Slot {
  /// It does.
  ///
  /// @param hotKey that may make it
  record Open(PublicKey hotKey) implements Slot {}

  /// It does not.
  ///
  /// @param why in plain words with the values
  record Closed(String why) implements Slot {}

  default Optional<PublicKey> signer() {
    return switch (this) {
      case Open(PublicKey hotKey) -> Optional.of(hotKey);
      case Closed _ -> Optional.empty();
    };
  }
}

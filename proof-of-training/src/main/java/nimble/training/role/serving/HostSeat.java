package nimble.training.role.serving;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import nimble.chain.StageSlot;
import nimble.training.Served;
import nimble.training.ServedStage;
import nimble.training.role.DecodeTensor;
import nimble.types.PublicKey;

/// A seat of a deployment as the finalized state shows it to the miner that hosts it.
///
/// @param active the deployment goes on
/// @param ready the chain knows that the stage is loaded
/// @param called number of the roll call that awaits an answer
/// @param replica keys of the hosts of all stages; empty where nobody is
/// @param sources who may have the weights
/// @param money how its receipts are paid
public record HostSeat(
    StageSlot slot,
    int attempt,
    boolean active,
    boolean ready,
    OptionalInt called,
    ServedStage stage,
    PublicKey gateway,
    List<Optional<PublicKey>> replica,
    List<PublicKey> sources,
    Money money) {
  /// @param served what the chain has paid for
  /// @param least what a receipt must be worth
  /// @param escrow what is left, of all
  /// @param seats that live on it
  public record Money(long pricePer1k, Served served, long least, long escrow, int seats) {
    /// What the chain would pay for so many tokens in all.
    long due(long tokens) {
      return Served.price(tokens, pricePer1k) - served.paid();
    }

    /// So much of the escrow one host may wait for: all of them together half of it.
    long credit() {
      return escrow / 2 / Math.max(1, seats);
    }
  }

  public HostSeat {
    replica = List.copyOf(replica);
    sources = List.copyOf(sources);
  }

  boolean last() {
    return slot.stage() == replica.size() - 1;
  }

  Optional<PublicKey> next() {
    return last() ? Optional.empty() : replica.get(slot.stage() + 1);
  }

  /// Whether a tensor of this deployment comes from who may send it.
  boolean mayCome(PublicKey from, DecodeTensor tensor) {
    if (!tensor.job().equals(slot.job())
        || tensor.replica() != slot.replica()
        || !tensor.gateway().equals(gateway)) {
      return false;
    }
    Optional<PublicKey> before =
        slot.stage() == 0 ? Optional.of(gateway) : replica.get(slot.stage() - 1);
    return switch (tensor.kind()) {
      case TOKENS -> slot.stage() == 0 && from.equals(gateway);
      case HIDDEN -> slot.stage() > 0 && before.equals(Optional.of(from));
      case RELEASE, REPLAY -> before.equals(Optional.of(from));
      case PROMISE -> from.equals(gateway);
      case CHOSEN, REFUSED, REPLAYED, PROMISED -> false;
    };
  }
}

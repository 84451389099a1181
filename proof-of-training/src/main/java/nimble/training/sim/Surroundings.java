package nimble.training.sim;

import java.util.Optional;
import nimble.codec.Bytes;
import nimble.ledger.StateView;
import nimble.training.role.AuditorProgress;
import nimble.training.role.DecodeTensor;
import nimble.training.role.Progress;
import nimble.types.ChainId;
import nimble.types.Hash;
import nimble.types.Moment;
import nimble.types.PublicKey;

/// What a simulated world tells its actors, and what it hears of them.
public interface Surroundings {
  ChainId chain();

  Moment now();

  /// After the newest block.
  StateView state();

  /// What anybody may fetch by its name: data, and models that were brought.
  Optional<Bytes> blob(Hash manifest);

  /// A miner serves what it trained.
  default void stored(Hash manifest, Bytes blob) {}

  /// Whether it lets others have what it keeps.
  default boolean handsOut(PublicKey key) {
    return true;
  }

  default void toGateway(PublicKey from, DecodeTensor name, Bytes payload) {}

  default void told(Progress progress) {}

  default void told(AuditorProgress progress) {}
}

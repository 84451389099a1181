package nimble.ledger;

import java.util.Optional;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Address;
import nimble.types.PublicKey;
import nimble.types.VoteKey;

/// Registered validators. Their votes are those of genesis until epochs change them from the stake
/// in accounts.
public final class Validators {
  /// @param hotKey identity of its node
  public record Registration(PublicKey hotKey, VoteKey voteKey) {
    void write(Writer writer) {
      hotKey.write(writer);
      voteKey.write(writer);
    }

    static Registration read(Reader reader) throws Malformed {
      return new Registration(PublicKey.read(reader), VoteKey.read(reader));
    }
  }

  private Validators() {}

  public static Optional<Registration> get(StateView state, Address address) {
    return state.read(Keys.of(Keys.VALIDATOR, address), Registration::read);
  }

  static void put(Overlay state, Address address, Registration registration) {
    state.write(Keys.of(Keys.VALIDATOR, address), registration::write);
  }
}

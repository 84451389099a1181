package nimble.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.chain.ValidatorSet;
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

  public record Validator(Address address, Registration registration) {}

  private Validators() {}

  public static Optional<Registration> get(StateView state, Address address) {
    return state.read(Keys.of(Keys.VALIDATOR, address), Registration::read);
  }

  /// Every registered validator, in the order of registration.
  public static List<Validator> all(StateView state) {
    return addresses(state).stream()
        .map(address -> new Validator(address, get(state, address).orElseThrow()))
        .toList();
  }

  /// What a validator votes with; 0 when it is none.
  public static long stake(StateView state, Address address) {
    return get(state, address).isPresent() ? Accounts.get(state, address).stake() : 0;
  }

  public static long totalStake(StateView state) {
    return addresses(state).stream()
        .mapToLong(address -> Accounts.get(state, address).stake())
        .reduce(0, Math::addExact);
  }

  private static List<Address> addresses(StateView state) {
    return state
        .read(
            Keys.of(Keys.VALIDATORS),
            reader -> reader.list(ValidatorSet.VALIDATORS_MAX, Address::read))
        .orElse(List.of());
  }

  static void put(Overlay state, Address address, Registration registration) {
    if (get(state, address).isEmpty()) {
      List<Address> all = new ArrayList<>(addresses(state));
      all.add(address);
      state.write(
          Keys.of(Keys.VALIDATORS),
          writer -> writer.list(all, ValidatorSet.VALIDATORS_MAX, Address::write));
    }
    state.write(Keys.of(Keys.VALIDATOR, address), registration::write);
  }
}

package nimble.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.chain.ValidatorSet;
import nimble.codec.Bytes;
import nimble.types.Address;
import nimble.types.PublicKey;
import nimble.types.VoteKey;

/// Validators in state. Registered ones stand for election; those of the running epoch vote, in
/// consensus and on verdicts, with the stake that elected them (L22).
public final class Validators {
  /// Registrations that stand for election at a time.
  public static final int REGISTERED_MAX = 256;

  public record Validator(Address address, Registration registration) {}

  private Validators() {}

  /// What an account registered; kept when it leaves.
  public static Optional<Registration> get(StateView state, Address address) {
    return state.read(Keys.of(Keys.VALIDATOR, address), Registration::read);
  }

  /// Those of the running epoch, in the order of its set.
  public static List<Validator> all(StateView state) {
    return Elections.present(state).validators().stream()
        .map(seat -> new Validator(seat.account(), get(state, seat.account()).orElseThrow()))
        .toList();
  }

  /// Those that stand for election, in the order of registration.
  public static List<Validator> registered(StateView state) {
    return addresses(state).stream()
        .map(address -> new Validator(address, get(state, address).orElseThrow()))
        .toList();
  }

  /// What a validator votes with in the running epoch; 0 when it does not.
  public static long stake(StateView state, Address address) {
    return stakeIn(Elections.present(state), address);
  }

  static long stakeIn(ValidatorSet set, Address address) {
    return set.validators().stream()
        .filter(seat -> seat.account().equals(address))
        .mapToLong(ValidatorSet.Validator::stake)
        .sum();
  }

  /// Of all that vote in the running epoch.
  public static long totalStake(StateView state) {
    return totalOf(Elections.present(state));
  }

  static long totalOf(ValidatorSet set) {
    return set.validators().stream()
        .mapToLong(ValidatorSet.Validator::stake)
        .reduce(0, Math::addExact);
  }

  /// Own stake and delegations: what would vote for it if it were elected now.
  public static long backing(StateView state, Address address) {
    return Math.addExact(
        Accounts.get(state, address).stake(), Delegations.pool(state, address).stake());
  }

  public static Optional<Address> byHotKey(StateView state, PublicKey key) {
    return state.read(Keys.of(Keys.VALIDATOR_HOT_KEY, key), Address::read);
  }

  public static Optional<Address> byVoteKey(StateView state, VoteKey key) {
    return state.read(voteKey(key), Address::read);
  }

  static List<Address> addresses(StateView state) {
    return state
        .read(Keys.of(Keys.VALIDATORS), reader -> reader.list(REGISTERED_MAX, Address::read))
        .orElse(List.of());
  }

  /// Registers or replaces; both keys must be free or the validator's own.
  static void put(Overlay state, Address address, Registration registration) {
    get(state, address)
        .ifPresent(old -> {
          state.remove(Keys.of(Keys.VALIDATOR_HOT_KEY, old.hotKey()));
          state.remove(voteKey(old.voteKey()));
        });
    state.write(Keys.of(Keys.VALIDATOR, address), registration::write);
    state.write(Keys.of(Keys.VALIDATOR_HOT_KEY, registration.hotKey()), address::write);
    state.write(voteKey(registration.voteKey()), address::write);
    list(state, address, registration.stands());
  }

  private static void list(Overlay state, Address address, boolean stands) {
    List<Address> before = addresses(state);
    if (before.contains(address) != stands) {
      List<Address> after = new ArrayList<>(before);
      if (stands) {
        after.add(address);
      } else {
        after.remove(address);
      }
      state.write(
          Keys.of(Keys.VALIDATORS), writer -> writer.list(after, REGISTERED_MAX, Address::write));
    }
  }

  private static Bytes voteKey(VoteKey key) {
    return Bytes.concat(Keys.of(Keys.VALIDATOR_VOTE_KEY), key.bytes());
  }
}

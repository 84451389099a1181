package nimble.genesis;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import nimble.chain.ValidatorSet;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.crypto.Hashing;
import nimble.types.Address;
import nimble.types.ChainId;
import nimble.types.Hash;
import nimble.types.PublicKey;
import nimble.types.VoteKey;
import nimble.types.VoteSignature;

/// The first state of a chain.
///
/// @param prefix of addresses: `nim` on the main network, `tnim` elsewhere
/// @param beacon the first randomness
/// @param rewardPool nim-units that later blocks hand out
public record Genesis(
    ChainId chain,
    String prefix,
    long timeMillis,
    Hash beacon,
    long rewardPool,
    Parameters parameters,
    List<GenesisValidator> validators,
    List<GenesisAccount> accounts) {
  public static final int ACCOUNTS_MAX = 200_000;
  private static final int VERSION = 1;
  private static final int PREFIX_MAX = 16;

  /// A first validator: its account must hold `stake` among [#accounts].
  ///
  /// @param proof of possession of the vote key
  public record GenesisValidator(
      Address account, PublicKey hotKey, VoteKey voteKey, VoteSignature proof) {
    private void write(Writer writer) {
      account.write(writer);
      hotKey.write(writer);
      voteKey.write(writer);
      proof.write(writer);
    }

    private static GenesisValidator read(Reader reader) throws Malformed {
      return new GenesisValidator(
          Address.read(reader),
          PublicKey.read(reader),
          VoteKey.read(reader),
          VoteSignature.read(reader));
    }
  }

  /// A first account, in nim-units.
  public record GenesisAccount(Address address, long balance, long bond, long stake) {
    public GenesisAccount {
      Invariant.check(balance >= 0 && bond >= 0 && stake >= 0, "negative amount of %s", address);
    }

    private void write(Writer writer) {
      address.write(writer);
      writer.i64(balance).i64(bond).i64(stake);
    }

    private static GenesisAccount read(Reader reader) throws Malformed {
      return new GenesisAccount(Address.read(reader), reader.i64(), reader.i64(), reader.i64());
    }
  }

  public Genesis {
    validators = List.copyOf(validators);
    accounts = List.copyOf(accounts);
  }

  public Hash hash() {
    return Hashing.of("genesis", encode());
  }

  /// The validators of epochs 0 and 1, in the order of genesis; all leader weight is stake.
  public ValidatorSet validatorSet() {
    return new ValidatorSet(
        validators.stream()
            .map(validator -> {
              long stake = stakeOf(validator.account());
              return new ValidatorSet.Validator(
                  validator.account(), validator.hotKey(), validator.voteKey(), stake, stake);
            })
            .toList());
  }

  private long stakeOf(Address address) {
    return accounts.stream()
        .filter(account -> account.address().equals(address))
        .mapToLong(GenesisAccount::stake)
        .findFirst()
        .orElse(0);
  }

  /// What is wrong with this genesis, in plain words; empty when nothing is. Proofs of possession
  /// are checked by `genesis verify`, which has the keys' library at hand.
  public List<String> errors() {
    List<String> errors = new ArrayList<>();
    if (validators.isEmpty() || validators.size() > ValidatorSet.VALIDATORS_MAX) {
      errors.add(
          "validators: must be 1 to %d, are %d"
              .formatted(ValidatorSet.VALIDATORS_MAX, validators.size()));
    }
    TreeSet<Address> addresses = new TreeSet<>();
    for (GenesisAccount account : accounts) {
      if (!addresses.add(account.address())) {
        errors.add("accounts: %s stands twice".formatted(account.address()));
      }
    }
    for (GenesisValidator validator : validators) {
      if (stakeOf(validator.account()) < parameters.consensus().validatorStakeMin()) {
        errors.add(
            "validators: %s has stake %d, needs %d"
                .formatted(
                    validator.account(),
                    stakeOf(validator.account()),
                    parameters.consensus().validatorStakeMin()));
      }
    }
    errors.addAll(Soundness.mistakes(parameters));
    if (isMain()) {
      errors.addAll(Soundness.dangers(parameters));
    }
    checkSupply(errors);
    return List.copyOf(errors);
  }

  /// G2: the undistributed rest of the supply is burned by definition, so it may not be negative.
  private void checkSupply(List<String> errors) {
    try {
      if (unissued() < 0) {
        errors.add("supply: parts exceed the cap by %d nim-units".formatted(-unissued()));
      }
    } catch (ArithmeticException e) {
      errors.add("supply: parts exceed 64 bits");
    }
  }

  /// Nim-units of the cap that nobody holds at genesis: they count as burned.
  public long unissued() {
    long held = rewardPool;
    for (GenesisAccount account : accounts) {
      held = Math.addExact(held, account.balance());
      held = Math.addExact(held, account.bond());
      held = Math.addExact(held, account.stake());
    }
    return Math.subtractExact(parameters.money().supplyCap(), held);
  }

  /// What is allowed, but not on the main network (G3).
  public List<String> warnings() {
    return isMain() ? List.of() : List.copyOf(Soundness.dangers(parameters));
  }

  private boolean isMain() {
    return prefix.equals("nim");
  }

  public Bytes encode() {
    return Writer.encode(this::write);
  }

  public void write(Writer writer) {
    writer.u8(VERSION);
    chain.write(writer);
    writer.string(prefix, PREFIX_MAX).i64(timeMillis);
    beacon.write(writer);
    writer.i64(rewardPool);
    parameters.write(writer);
    writer.list(validators, ValidatorSet.VALIDATORS_MAX, GenesisValidator::write);
    writer.list(accounts, ACCOUNTS_MAX, GenesisAccount::write);
  }

  public static Genesis read(Reader reader) throws Malformed {
    reader.version(VERSION);
    return new Genesis(
        ChainId.read(reader),
        reader.string(PREFIX_MAX),
        reader.i64(),
        Hash.read(reader),
        reader.i64(),
        Parameters.read(reader),
        reader.list(ValidatorSet.VALIDATORS_MAX, GenesisValidator::read),
        reader.list(ACCOUNTS_MAX, GenesisAccount::read));
  }
}

package nimble.node.devnet;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nimble.codec.Bytes;
import nimble.crypto.AddressForm;
import nimble.crypto.Hashing;
import nimble.genesis.Genesis;
import nimble.genesis.Genesis.GenesisAccount;
import nimble.genesis.Genesis.GenesisValidator;
import nimble.genesis.Parameters;
import nimble.node.files.Entropy;
import nimble.training.fault.Fault;
import nimble.types.Address;
import nimble.types.ChainId;

/// The cast of a local network and the genesis that they share.
///
/// @param faults of miners that deviate, by number
/// @param auditorFaults of validators that do not audit as they should, by number
/// @param developers numbers of miners that belong to the developer: who pays itself
public record Devnet(
    Genesis genesis,
    List<NodeKeys> validators,
    List<NodeKeys> miners,
    NodeKeys developer,
    SortedMap<Integer, Fault> faults,
    SortedMap<Integer, Fault> auditorFaults,
    SortedSet<Integer> developers) {
  public static final int VALIDATORS_MAX = 20;
  public static final int MINERS_MAX = 64;

  private static final int SEED_BYTES = 32;
  private static final long VALIDATOR_STAKE = 10_000 * Parameters.NIM;
  private static final long VALIDATOR_LIQUID = 1_000 * Parameters.NIM;
  private static final long MINER_BOND = 100 * Parameters.NIM;
  private static final long MINER_LIQUID = 20 * Parameters.NIM;
  public static final long DEVELOPER_LIQUID = 100_000 * Parameters.NIM;

  /// An epoch hands out about a hundredth of what the validators stake.
  private static final long REWARD_POOL = 100_000 * Parameters.NIM;

  public Devnet {
    validators = List.copyOf(validators);
    miners = List.copyOf(miners);
    faults = Collections.unmodifiableSortedMap(new TreeMap<>(faults));
    auditorFaults = Collections.unmodifiableSortedMap(new TreeMap<>(auditorFaults));
    developers = Collections.unmodifiableSortedSet(new TreeSet<>(developers));
  }

  /// Whose participants are all different, and do as they should.
  public Devnet(
      Genesis genesis, List<NodeKeys> validators, List<NodeKeys> miners, NodeKeys developer) {
    this(
        genesis,
        validators,
        miners,
        developer,
        Collections.emptySortedMap(),
        Collections.emptySortedMap(),
        Collections.emptySortedSet());
  }

  /// Of keys that nobody has seen, beginning now.
  public static Devnet fresh(int validators, int miners, Parameters parameters) {
    return create(
        Entropy.of(SEED_BYTES), validators, miners, System.currentTimeMillis(), parameters);
  }

  /// The same with miners that deviate.
  public Devnet with(SortedMap<Integer, Fault> deviating) {
    return new Devnet(genesis, validators, miners, developer, deviating, auditorFaults, developers);
  }

  /// The same with a miner or a validator that deviates, as the fault is.
  public Devnet with(int index, Fault fault) {
    return switch (fault.side()) {
      case MINER, HOST -> with(plus(faults, index, fault));
      case AUDITOR ->
          new Devnet(
              genesis,
              validators,
              miners,
              developer,
              faults,
              plus(auditorFaults, index, fault),
              developers);
    };
  }

  /// The same with a miner that belongs to the developer.
  public Devnet payingItself(int miner) {
    SortedSet<Integer> own = new TreeSet<>(developers);
    own.add(miner);
    return new Devnet(genesis, validators, miners, developer, faults, auditorFaults, own);
  }

  private static SortedMap<Integer, Fault> plus(
      SortedMap<Integer, Fault> before, int index, Fault fault) {
    SortedMap<Integer, Fault> after = new TreeMap<>(before);
    after.put(index, fault);
    return after;
  }

  /// Of a node, by its account: such as `validator0` or `miner2`.
  String name(Address account) {
    for (int i = 0; i < validators.size(); i++) {
      if (validators.get(i).address().equals(account)) {
        return "validator" + i;
      }
    }
    for (int i = 0; i < miners.size(); i++) {
      if (miners.get(i).address().equals(account)) {
        return "miner" + i;
      }
    }
    return account.toString();
  }

  /// Addresses of miners that deviate in what they serve.
  SortedSet<String> hosts() {
    SortedSet<String> hosts = new TreeSet<>();
    faults.forEach((index, fault) -> {
      if (fault.side() == Fault.Side.HOST) {
        hosts.add(AddressForm.TEST.show(miners.get(index).address()));
      }
    });
    return hosts;
  }

  /// Accounts of everybody in it.
  public SortedSet<Address> wallets() {
    return Stream.of(validators, miners, List.of(developer))
        .flatMap(List::stream)
        .map(NodeKeys::address)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  public Optional<Fault> fault(int miner) {
    return Optional.ofNullable(faults.get(miner));
  }

  public Optional<Fault> auditorFault(int validator) {
    return Optional.ofNullable(auditorFaults.get(validator));
  }

  /// @param seed secret of the network: all of its keys come from it
  public static Devnet create(
      Bytes seed, int validators, int miners, long timeMillis, Parameters parameters) {
    List<NodeKeys> validatorKeys = cast(seed, "validator", validators);
    List<NodeKeys> minerKeys = cast(seed, "miner", miners);
    NodeKeys developer = NodeKeys.derive(seed, "developer", 0);
    List<GenesisAccount> accounts = new ArrayList<>();
    validatorKeys.forEach(keys ->
        accounts.add(new GenesisAccount(keys.address(), VALIDATOR_LIQUID, 0, VALIDATOR_STAKE)));
    minerKeys.forEach(
        keys -> accounts.add(new GenesisAccount(keys.address(), MINER_LIQUID, MINER_BOND, 0)));
    accounts.add(new GenesisAccount(developer.address(), DEVELOPER_LIQUID, 0, 0));
    String name = Hashing.of("devnet-name", seed).toString().substring(0, 8);
    Genesis genesis =
        new Genesis(
            new ChainId("nimble-devnet-" + name),
            "tnim",
            timeMillis,
            Hashing.of("devnet-beacon", seed),
            REWARD_POOL,
            parameters,
            validatorKeys.stream()
                .map(keys ->
                    new GenesisValidator(
                        keys.address(),
                        keys.hot().publicKey(),
                        keys.vote().voteKey(),
                        keys.vote().provePossession()))
                .toList(),
            accounts);
    return new Devnet(genesis, validatorKeys, minerKeys, developer);
  }

  private static List<NodeKeys> cast(Bytes seed, String role, int count) {
    return IntStream.range(0, count).mapToObj(i -> NodeKeys.derive(seed, role, i)).toList();
  }
}

package nimble.node.cli.network;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import nimble.codec.Malformed;
import nimble.crypto.AddressForm;
import nimble.genesis.Genesis;
import nimble.genesis.Genesis.GenesisAccount;
import nimble.genesis.Genesis.GenesisValidator;
import nimble.genesis.Parameters;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.files.Amount;
import nimble.node.files.Entropy;
import nimble.node.files.GenesisFile;
import nimble.node.files.Json;
import nimble.node.files.Mistake;
import nimble.node.files.SafeFile;
import nimble.types.Address;
import nimble.types.ChainId;
import nimble.types.Hash;
import nimble.types.PublicKey;
import nimble.types.VoteKey;
import nimble.types.VoteSignature;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "create",
    description = {
      "Writes a genesis with the parameters of a devnet, to be edited before anybody starts.",
      "Keys come from `nimble keys new` and `nimble keys show --proof`."
    })
final class GenesisCreate implements Callable<Integer> {
  private static final long VALIDATOR_STAKE_NIM = 10_000;

  @Mixin private final Output output = new Output();

  @picocli.CommandLine.Parameters(
      paramLabel = "FILE",
      defaultValue = "genesis.json",
      description = "Where to write it (${DEFAULT-VALUE}).")
  private Path file = Path.of("");

  @Option(
      names = "--chain",
      required = true,
      paramLabel = "NAME",
      description = "The network's name.")
  private String chain = "";

  @Option(
      names = "--validator",
      required = true,
      paramLabel = "ADDRESS,HOT,VOTE,PROOF",
      description = "A first validator, once for each: its account, its keys, its proof.")
  private List<String> validators = List.of();

  @Option(
      names = "--account",
      paramLabel = "ADDRESS=NIM",
      description = "A first balance, once for each.")
  private Map<String, String> accounts = Map.of();

  @Option(
      names = "--stake",
      paramLabel = "NIM",
      defaultValue = "" + VALIDATOR_STAKE_NIM,
      description = "Of each validator (${DEFAULT-VALUE}).")
  private String stake = "";

  @Option(
      names = "--reward-pool",
      paramLabel = "NIM",
      defaultValue = "500000000",
      description = "Handed out by later blocks (${DEFAULT-VALUE}).")
  private String rewardPool = "";

  @Override
  public Integer call() throws Exception {
    if (!ChainId.isValid(chain)) {
      throw Mistake.of(
          "--chain must be 1 to %d of a-z, 0-9 and '-', was '%s'", ChainId.LENGTH_MAX, chain);
    }
    Genesis genesis =
        new Genesis(
            new ChainId(chain),
            "tnim",
            System.currentTimeMillis(),
            new Hash(Entropy.of(Hash.SIZE)),
            Amount.parse("--reward-pool", rewardPool),
            Parameters.devnet(),
            validators(),
            accounts());
    List<String> errors = GenesisFile.errors(genesis);
    if (!errors.isEmpty()) {
      throw new Mistake(String.join("; ", errors));
    }
    SafeFile.create(file, GenesisFile.show(genesis));
    output.document(
        Json.object().put("file", file.toString()).put("hash", genesis.hash().toString()),
        "%s written: hash %s".formatted(file, genesis.hash()));
    return ExitCode.DONE;
  }

  private List<GenesisValidator> validators() throws Mistake {
    List<GenesisValidator> list = new ArrayList<>();
    for (String text : validators) {
      List<String> parts = List.of(text.split(",", -1));
      if (parts.size() != 4) {
        throw Mistake.of("--validator must be ADDRESS,HOT,VOTE,PROOF, was '%s'", text);
      }
      list.add(
          new GenesisValidator(
              address("--validator", parts.get(0)),
              new PublicKey(GenesisFile.hex("--validator HOT", parts.get(1), PublicKey.SIZE)),
              new VoteKey(GenesisFile.hex("--validator VOTE", parts.get(2), VoteKey.SIZE)),
              new VoteSignature(
                  GenesisFile.hex("--validator PROOF", parts.get(3), VoteSignature.SIZE))));
    }
    return list;
  }

  private List<GenesisAccount> accounts() throws Mistake {
    Map<Address, Long> balances = new LinkedHashMap<>();
    for (GenesisValidator validator : validators()) {
      balances.put(validator.account(), 0L);
    }
    int staking = balances.size();
    for (Map.Entry<String, String> account : accounts.entrySet()) {
      balances.put(
          address("--account", account.getKey()),
          Amount.parse("--account " + account.getKey(), account.getValue()));
    }
    long staked = Amount.parse("--stake", stake);
    List<GenesisAccount> list = new ArrayList<>();
    balances.forEach((address, balance) ->
        list.add(new GenesisAccount(address, balance, 0, list.size() < staking ? staked : 0)));
    return list;
  }

  private static Address address(String option, String text) throws Mistake {
    try {
      return AddressForm.TEST.parse(text);
    } catch (Malformed e) {
      throw Mistake.of("%s: '%s': %s", option, text, e.reason());
    }
  }
}

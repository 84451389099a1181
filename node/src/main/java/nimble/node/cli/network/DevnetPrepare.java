package nimble.node.cli.network;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import nimble.crypto.AddressForm;
import nimble.crypto.SigningKey;
import nimble.genesis.Parameters;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Table;
import nimble.node.cli.option.NumericOption;
import nimble.node.devnet.Devnet;
import nimble.node.devnet.DevnetHome;
import nimble.node.devnet.NodeKeys;
import nimble.node.files.Amount;
import nimble.node.files.Entropy;
import nimble.node.files.Json;
import nimble.node.files.Mistake;
import nimble.node.files.Setting;
import nimble.vm.djl.Numeric;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "prepare",
    description = {
      "Writes what it takes to run a local network by hand, and starts nothing: a genesis, a data",
      "directory for each validator, and wallets of the validators and of a developer with funds."
    })
final class DevnetPrepare implements Callable<Integer> {
  private static final int PORT_MAX = 65_535 - Devnet.VALIDATORS_MAX;

  @Mixin private final Output output = new Output();

  @picocli.CommandLine.Parameters(paramLabel = "DIR", description = "A directory that is made.")
  private Path directory = Path.of("");

  @Option(names = "--validators", defaultValue = "2", description = "1 to 20 (${DEFAULT-VALUE}).")
  private int validators;

  @Option(
      names = "--port",
      defaultValue = "7040",
      description = "Of validator 0 for other nodes; the next has the next (${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--api-port",
      defaultValue = "7080",
      description = "Of validator 0 for clients; the next has the next (${DEFAULT-VALUE}).")
  private int apiPort;

  @Option(
      names = "--numeric",
      paramLabel = "NODE=CAP",
      description =
          "Validator NODE computes with instruction set CAP: avx2, avx512 or default. Repeatable.")
  private List<String> numerics = List.of();

  @Override
  public Integer call() throws Exception {
    check("--validators", validators, Devnet.VALIDATORS_MAX);
    check("--port", port, PORT_MAX);
    check("--api-port", apiPort, PORT_MAX);
    SortedMap<String, Numeric> chosen = NumericOption.parse(numerics, validators, 0);
    if (Files.exists(directory)) {
      throw Mistake.of("%s exists already: choose another directory", directory);
    }
    Devnet devnet =
        Devnet.create(
            Entropy.of(SigningKey.SEED_SIZE),
            validators,
            0,
            System.currentTimeMillis(),
            Parameters.devnet());
    DevnetHome home = new DevnetHome(directory);
    home.writeGenesis(devnet);
    home.writeWallet("developer", devnet.developer());
    ObjectNode json =
        Json.object()
            .put("directory", directory.toString())
            .put("network", devnet.genesis().chain().value())
            .put("genesis", devnet.genesis().hash().toString());
    Table table = new Table("VALIDATOR", "DATA DIRECTORY", "API", "ADDRESS");
    for (int i = 0; i < validators; i++) {
      Map<Setting, String> settings = settings(devnet, i);
      Optional.ofNullable(chosen.get("validator" + i)).ifPresent(it -> put(settings, it));
      home.writeValidator(devnet, i, settings);
      home.writeWallet("validator" + i, devnet.validators().get(i));
      String address = AddressForm.TEST.show(devnet.validators().get(i).address());
      json.withArray("validators")
          .addObject()
          .put("home", home.validator(i).toString())
          .put("api", at(apiPort + i))
          .put("address", address);
      table.row(i, home.validator(i), at(apiPort + i), address);
    }
    output.document(json, table.show(output.surroundings()) + next(home));
    return ExitCode.DONE;
  }

  private static void check(String option, int value, int max) throws Mistake {
    if (value < 1 || value > max) {
      throw Mistake.of("%s must be between 1 and %d, was %d", option, max, value);
    }
  }

  private static String at(int port) {
    return "127.0.0.1:" + port;
  }

  /// Each keeps connected to all others; the first one also serves models.
  private Map<Setting, String> settings(Devnet devnet, int index) {
    List<String> peers = new ArrayList<>();
    for (int i = 0; i < validators; i++) {
      if (i != index) {
        NodeKeys keys = devnet.validators().get(i);
        peers.add(keys.hot().publicKey() + "@" + at(port + i));
      }
    }
    Map<Setting, String> settings = new LinkedHashMap<>();
    settings.put(Setting.LISTEN, at(port + index));
    settings.put(Setting.API, at(apiPort + index));
    settings.put(Setting.ROLES, index == 0 ? "validator,gateway" : "validator");
    if (!peers.isEmpty()) {
      settings.put(Setting.PEERS, String.join(",", peers));
    }
    return settings;
  }

  private static void put(Map<Setting, String> settings, Numeric numeric) {
    settings.put(Setting.NUMERIC, numeric.cap().toString());
    settings.put(Setting.THREADS, Integer.toString(numeric.threads()));
    if (numeric.device() != Numeric.Device.CPU) {
      settings.put(Setting.DEVICE, numeric.device().toString());
    }
  }

  private static String next(DevnetHome home) {
    return """

    wallet 'developer' has %s; in every terminal:
      export NIMBLE_HOME=%s NIMBLE_PASSWORD=%s
    then, each in a terminal of its own, for every validator:
      scripts/nimble node start --home %s
    """
        .formatted(
            Amount.withUnit(Devnet.DEVELOPER_LIQUID),
            home.path().toAbsolutePath().normalize(),
            DevnetHome.PASSWORD,
            home.validator(0));
  }
}

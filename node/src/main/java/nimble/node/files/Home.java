package nimble.node.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import nimble.types.ChainId;

/// Where a person's wallets and networks lie: `~/.nimble`, or what `NIMBLE_HOME` says.
public record Home(Path path) {
  private static final String NAME_FORM = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";

  public static Home of(Map<String, String> environment) {
    String given = environment.getOrDefault("NIMBLE_HOME", "");
    return new Home(
        given.isBlank()
            ? Path.of(System.getProperty("user.home", "."), ".nimble")
            : Path.of(given));
  }

  /// The data directory of a node of that network.
  public Path network(String name) throws Mistake {
    return path.resolve(checked("network", name));
  }

  public Path genesis(String network) throws Mistake {
    return network(network).resolve("genesis.json");
  }

  /// Networks with a genesis here, in order.
  public List<String> networkNames() throws IOException {
    return names(path, "").stream()
        .filter(name -> Files.isRegularFile(path.resolve(name).resolve("genesis.json")))
        .toList();
  }

  /// What was proven of that chain last.
  public Path proven(ChainId chain) {
    return path.resolve("proven").resolve(chain.value());
  }

  /// The data directory of a wallet's own miner.
  public Path miner(String wallet) throws Mistake {
    return path.resolve("miners").resolve(checked("wallet name", wallet));
  }

  /// Where models that were imported lie.
  public Path models() {
    return path.resolve("models");
  }

  public Path model(String name) throws Mistake {
    return models().resolve(checked("model name", name));
  }

  /// Names of imported models, in order.
  public List<String> modelNames() throws IOException {
    return names(models(), "").stream().filter(name -> !name.endsWith(".unfinished")).toList();
  }

  public Path wallets() {
    return path.resolve("wallets");
  }

  public Path accountKey(String wallet) throws Mistake {
    return wallets().resolve(checked("wallet name", wallet)).resolve("account.json");
  }

  public Path hotKey(String wallet, String name) throws Mistake {
    return wallets()
        .resolve(checked("wallet name", wallet))
        .resolve("hot")
        .resolve(checked("hot key name", name) + ".json");
  }

  /// Names of wallets, in order.
  public List<String> walletNames() throws IOException {
    return names(wallets(), "");
  }

  public List<String> hotKeyNames(String wallet) throws Mistake, IOException {
    return names(wallets().resolve(checked("wallet name", wallet)).resolve("hot"), ".json");
  }

  private static List<String> names(Path folder, String ending) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> name.endsWith(ending))
          .map(name -> name.substring(0, name.length() - ending.length()))
          .sorted()
          .toList();
    }
  }

  private static String checked(String what, String name) throws Mistake {
    if (!name.matches(NAME_FORM)) {
      throw Mistake.of("%s must be 1 to 64 letters, digits, '.', '_' or '-', was '%s'", what, name);
    }
    return name;
  }
}

package nimble.node.cli.node;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import nimble.codec.Malformed;
import nimble.crypto.AddressForm;
import nimble.node.chain.Reporter;
import nimble.node.cli.option.NumericOption;
import nimble.node.devnet.LogFormat;
import nimble.node.files.Mistake;
import nimble.node.files.NodeConfig;
import nimble.node.files.Setting;
import nimble.node.work.Patrons;
import nimble.p2p.RelayPolicy;
import nimble.p2p.Role;
import nimble.types.Address;
import nimble.vm.djl.Numeric;
import picocli.CommandLine.Option;

/// What an operator can say about a node that is started now.
public final class NodeSettings {
  private static final int TASKS_MAX = 256;

  @Option(names = "--listen", paramLabel = "HOST:PORT|none", description = "For other nodes.")
  private Optional<String> listen = Optional.empty();

  @Option(
      names = "--api",
      paramLabel = "HOST:PORT|off",
      description = "For clients; loopback only. A node that only mines has none without it.")
  private Optional<String> api = Optional.empty();

  @Option(
      names = "--peer",
      paramLabel = "[KEY@]HOST:PORT,...",
      description = "Nodes to connect to.")
  private Optional<String> peers = Optional.empty();

  @Option(
      names = "--relay",
      paramLabel = "auto|always|never",
      description = "Whether others relay for a node that cannot be dialled.")
  private Optional<String> relay = Optional.empty();

  @Option(
      names = "--relay-for",
      paramLabel = "N",
      description = "For how many such nodes this one relays (16).")
  private Optional<String> relayFor = Optional.empty();

  @Option(
      names = "--sync",
      paramLabel = "state|blocks",
      description = "How a node without a chain gets one.")
  private Optional<String> sync = Optional.empty();

  @Option(
      names = "--trust",
      paramLabel = "HEIGHT:HASH",
      description = "A block that a snapshot or the chain must lead over.")
  private Optional<String> trust = Optional.empty();

  @Option(
      names = "--vote-anyway",
      description = "Vote in this epoch without the log of what was voted for: may cost the stake.")
  private boolean voteAnyway;

  @Option(
      names = "--numeric",
      paramLabel = "CAP",
      description =
          "The instruction set up to which computations go: all that the processor has (best), or"
              + " avx512, avx2 or default (portable) at most. Part of the numeric class.")
  private Optional<String> numeric = Optional.empty();

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Of one computation (1). Part of the numeric class.")
  private Optional<String> threads = Optional.empty();

  @Option(
      names = "--device",
      paramLabel = "cpu|cuda",
      description = "What computes (cpu). Part of the numeric class.")
  private Optional<String> device = Optional.empty();

  @Option(names = "--tasks", paramLabel = "N", description = "Computations side by side (2).")
  private Optional<String> tasks = Optional.empty();

  @Option(
      names = "--stop-on-eof",
      description = "Also stop when standard input ends: for programs that start nodes.")
  private boolean stopOnEof;

  @Option(
      names = "--fault",
      paramLabel = "ACTOR",
      hidden = true,
      description = "The node's miner misbehaves; on devnets only.")
  private Optional<String> fault = Optional.empty();

  /// What was given, as it was written; it goes before every other source.
  public Map<Setting, String> flags() {
    Map<Setting, String> flags = new LinkedHashMap<>();
    listen.ifPresent(it -> flags.put(Setting.LISTEN, it));
    api.ifPresent(it -> flags.put(Setting.API, it));
    peers.ifPresent(it -> flags.put(Setting.PEERS, it));
    relay.ifPresent(it -> flags.put(Setting.RELAY, it));
    relayFor.ifPresent(it -> flags.put(Setting.RELAY_FOR, it));
    numeric.ifPresent(it -> flags.put(Setting.NUMERIC, it));
    threads.ifPresent(it -> flags.put(Setting.THREADS, it));
    device.ifPresent(it -> flags.put(Setting.DEVICE, it));
    tasks.ifPresent(it -> flags.put(Setting.TASKS, it));
    sync.ifPresent(it -> flags.put(Setting.SYNC, it));
    trust.ifPresent(it -> flags.put(Setting.TRUST, it));
    return flags;
  }

  public boolean voteAnyway() {
    return voteAnyway;
  }

  public boolean stopOnEof() {
    return stopOnEof;
  }

  public Optional<String> fault() {
    return fault;
  }

  static EnumSet<Role> roles(NodeConfig config) throws Mistake {
    EnumSet<Role> roles = EnumSet.noneOf(Role.class);
    for (String name : config.list(Setting.ROLES)) {
      switch (name.toLowerCase(Locale.ROOT)) {
        case "validator" -> roles.add(Role.VALIDATOR);
        case "miner" -> roles.add(Role.MINER);
        case "gateway" -> roles.add(Role.GATEWAY);
        default -> throw config.mistake(Setting.ROLES, "a list of validator, miner and gateway");
      }
    }
    return roles;
  }

  /// Whose deployments it serves; the addresses are of this network.
  static Patrons patrons(NodeConfig config, AddressForm form) throws Mistake {
    List<String> texts = config.list(Setting.GATEWAY_FOR);
    if (texts.equals(List.of("any"))) {
      return Patrons.ANYBODY;
    }
    TreeSet<Address> named = new TreeSet<>();
    for (String text : texts) {
      try {
        named.add(form.parse(text));
      } catch (Malformed e) {
        throw config.mistake(
            Setting.GATEWAY_FOR, "any, or a list of addresses (%s)".formatted(e.reason()));
      }
    }
    return Patrons.of(named);
  }

  static Reporter.Level level(NodeConfig config) throws Mistake {
    for (Reporter.Level level : Reporter.Level.values()) {
      if (level.name().equalsIgnoreCase(config.text(Setting.LOG))) {
        return level;
      }
    }
    throw config.mistake(Setting.LOG, "debug, info, warn or error");
  }

  static LogFormat logFormat(NodeConfig config) throws Mistake {
    for (LogFormat format : LogFormat.values()) {
      if (format.name().equalsIgnoreCase(config.text(Setting.LOG_FORMAT))) {
        return format;
      }
    }
    throw config.mistake(Setting.LOG_FORMAT, "text or json");
  }

  /// Refuses what a node would not start with.
  static void check(NodeConfig config) throws Mistake {
    EnumSet<Role> roles = roles(config);
    level(config);
    logFormat(config);
    api(config, roles);
    tasks(config);
    numeric(config);
    Endpoint.listen(config);
    relays(config);
    Endpoint.peers(config);
    Joining.of(config, false);
  }

  static RelayPolicy relays(NodeConfig config) throws Mistake {
    int guestsMax = (int) config.number(Setting.RELAY_FOR, 0, RelayPolicy.GUESTS_MAX);
    for (RelayPolicy.Mode mode : RelayPolicy.Mode.values()) {
      if (mode.name().equalsIgnoreCase(config.text(Setting.RELAY))) {
        return new RelayPolicy(mode, guestsMax);
      }
    }
    throw config.mistake(Setting.RELAY, "auto, always or never");
  }

  static int tasks(NodeConfig config) throws Mistake {
    return (int) config.number(Setting.TASKS, 1, TASKS_MAX);
  }

  /// What was chosen of the machine's numeric class; empty when nobody chose anything.
  static Optional<Numeric> numeric(NodeConfig config) throws Mistake {
    int threads = (int) config.number(Setting.THREADS, 1, Numeric.THREADS_MAX);
    Optional<Numeric.Device> device = Numeric.Device.ofWord(config.text(Setting.DEVICE));
    if (device.isEmpty()) {
      throw config.mistake(Setting.DEVICE, "cpu or cuda");
    }
    if (config.isDefault(Setting.NUMERIC)
        && config.isDefault(Setting.THREADS)
        && config.isDefault(Setting.DEVICE)) {
      return Optional.empty();
    }
    String word = config.text(Setting.NUMERIC);
    Optional<Numeric.Cap> cap =
        word.equalsIgnoreCase(Setting.NUMERIC.otherwise())
            ? Optional.of(Numeric.usual().cap())
            : Numeric.Cap.ofWord(word).filter(Numeric.Cap.allowed()::contains);
    if (cap.isEmpty()) {
      throw config.mistake(
          Setting.NUMERIC, Setting.NUMERIC.otherwise() + " or " + NumericOption.allowed());
    }
    return Optional.of(new Numeric(cap.get(), threads, device.get()));
  }

  /// Nobody asks a miner anything, and a second node on a machine should not need a second port.
  static Optional<Endpoint> api(NodeConfig config, EnumSet<Role> roles) throws Mistake {
    boolean off = config.text(Setting.API).equalsIgnoreCase("off");
    boolean unasked = config.isDefault(Setting.API) && roles.equals(EnumSet.of(Role.MINER));
    return off || unasked ? Optional.empty() : Optional.of(Endpoint.of(config, Setting.API));
  }
}

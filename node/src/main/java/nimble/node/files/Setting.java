package nimble.node.files;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import nimble.p2p.RelayPolicy;

/// A value that an operator can choose: as a flag, as `NIMBLE_*` in the environment, in
/// `nimble.yaml`, or not at all.
///
/// @param key in `nimble.yaml`, and in messages
public record Setting(String key, String otherwise, String what) {
  public static final Setting LISTEN =
      new Setting("p2p.listen", "127.0.0.1:7040", "where other nodes connect, HOST:PORT, or none");
  public static final Setting PEERS =
      new Setting("p2p.peers", "", "nodes to connect to, [KEY@]HOST:PORT,...");
  public static final Setting RELAY =
      new Setting(
          "p2p.relay",
          "auto",
          "whether others relay for this node: auto (when they cannot dial it), always, or never");
  public static final Setting RELAY_FOR =
      new Setting(
          "p2p.relayFor",
          Integer.toString(RelayPolicy.USUAL.guestsMax()),
          "how many nodes that cannot be dialled this one relays for; 0 for none");
  public static final Setting API =
      new Setting(
          "api.listen",
          "127.0.0.1:7080",
          "where clients connect, HOST:PORT on loopback, or off; off for a node that only mines");
  public static final Setting ROLES =
      new Setting("roles", "", "validator, miner, gateway; a node without any follows the chain");
  public static final Setting GATEWAY_FOR =
      new Setting(
          "gateway.for",
          "",
          "accounts whose deployments may use this node as their gateway, ADDRESS,... or any; its"
              + " own always may");
  public static final Setting NUMERIC =
      new Setting(
          "compute.numeric",
          "best",
          "instruction set of computations: best, which is all that the processor has, avx512, avx2,"
              + " or default (portable); part of the class");
  public static final Setting THREADS =
      new Setting("compute.threads", "1", "threads of one computation; part of the numeric class");
  public static final Setting DEVICE =
      new Setting(
          "compute.device",
          "cpu",
          "what computes: cpu, or cuda (see vm-runtime); part of the class");
  public static final Setting TASKS =
      new Setting("compute.tasks", "2", "computations side by side");
  public static final Setting LOG = new Setting("log.level", "info", "debug, info, warn or error");
  public static final Setting LOG_FORMAT =
      new Setting("log.format", "text", "text (key=value) or json, one line per event");

  public static final Setting SYNC =
      new Setting(
          "sync", "blocks", "how an empty node catches up: all blocks, or state from a snapshot");
  public static final Setting TRUST =
      new Setting(
          "trust",
          "",
          "HEIGHT:HASH of a block that a snapshot or chain must lead over, from a source of yours");
  public static final Setting STORAGE =
      new Setting(
          "storage.mode",
          "full",
          "archive (all states), full (all blocks), or pruned N (the newest N of both)");
  public static final Setting SNAPSHOTS =
      new Setting(
          "storage.snapshots", "0", "a snapshot for others every so many blocks; 0 for none");

  public static final List<Setting> ALL =
      List.of(
          LISTEN,
          PEERS,
          RELAY,
          RELAY_FOR,
          API,
          ROLES,
          SYNC,
          TRUST,
          GATEWAY_FOR,
          NUMERIC,
          THREADS,
          DEVICE,
          TASKS,
          STORAGE,
          SNAPSHOTS,
          LOG,
          LOG_FORMAT);

  private static final List<String> RESERVED =
      List.of("NIMBLE_HOME", "NIMBLE_PASSWORD", "NIMBLE_JAVA_OPTS", "NIMBLE_DEBUG");

  /// `NIMBLE_P2P_LISTEN` for `p2p.listen`.
  public String variable() {
    String words = key.replaceAll("([A-Z])", "_$1").replace('.', '_');
    return "NIMBLE_" + words.toUpperCase(Locale.ROOT);
  }

  /// `p2p` of `p2p.listen`; empty when it stands alone.
  String group() {
    return key.substring(0, Math.max(0, key.indexOf('.')));
  }

  /// `listen` of `p2p.listen`.
  String name() {
    return key.substring(key.indexOf('.') + 1);
  }

  static Optional<Setting> ofKey(String key) {
    return ALL.stream().filter(setting -> setting.key.equals(key)).findFirst();
  }

  static Optional<Setting> ofVariable(String variable) {
    return ALL.stream().filter(setting -> setting.variable().equals(variable)).findFirst();
  }

  static List<String> variables() {
    return Stream.of(
            ALL.stream().map(Setting::variable),
            ClientSetting.ALL.stream().map(ClientSetting::variable),
            RESERVED.stream())
        .flatMap(names -> names)
        .toList();
  }
}

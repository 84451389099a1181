package nimble.node.files;

import java.util.List;
import java.util.Optional;

/// What a user of `nbcli` can choose for all commands at once.
///
/// @param key in `nbcli.yaml`
/// @param option that wins over it
/// @param variable in the environment, which wins over the file
/// @param otherwise what holds when nobody chose
public record ClientSetting(
    String key, String option, String variable, String otherwise, String what) {
  public static final List<ClientSetting> ALL =
      List.of(
          new ClientSetting(
              "node", "--node", "NIMBLE_NODE", "127.0.0.1:7080", "the node's API, HOST:PORT"),
          new ClientSetting(
              "network", "--network", "NIMBLE_NETWORK", "", "refuse nodes of another network"),
          new ClientSetting(
              "timeout", "--timeout", "NIMBLE_TIMEOUT", "10", "seconds for each answer"),
          new ClientSetting(
              "wallet.name", "--wallet.name", "NIMBLE_WALLET_NAME", "default", "the wallet"),
          new ClientSetting(
              "wallet.hotkey",
              "--wallet.hotkey",
              "NIMBLE_WALLET_HOTKEY",
              "default",
              "the hot key in it"));

  public static Optional<ClientSetting> ofKey(String key) {
    return ALL.stream().filter(setting -> setting.key.equals(key)).findFirst();
  }

  public static Optional<ClientSetting> ofOption(String option) {
    return ALL.stream().filter(setting -> setting.option.equals(option)).findFirst();
  }
}

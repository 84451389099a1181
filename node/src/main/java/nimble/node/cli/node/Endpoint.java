package nimble.node.cli.node;

import java.util.ArrayList;
import java.util.List;
import nimble.codec.Malformed;
import nimble.node.files.Mistake;
import nimble.node.files.NodeConfig;
import nimble.node.files.Setting;
import nimble.p2p.PeerAddress;
import nimble.p2p.netty.Settings;

/// Where a node listens; port 0 takes a free one.
record Endpoint(String host, int port) {
  /// Of a node that takes no connections, and is reached through relays.
  static final Endpoint NOWHERE = new Endpoint("none", Settings.NOWHERE);

  private static final int PORT_MAX = 65_535;

  static Endpoint of(NodeConfig config, Setting setting) throws Mistake {
    String text = config.text(setting);
    int colon = text.lastIndexOf(':');
    String digits = text.substring(colon + 1);
    if (colon > 0 && digits.matches("[0-9]{1,5}") && Integer.parseInt(digits) <= PORT_MAX) {
      return new Endpoint(text.substring(0, colon), Integer.parseInt(digits));
    }
    throw config.mistake(setting, "HOST:PORT with a port up to " + PORT_MAX);
  }

  /// For other nodes.
  static Endpoint listen(NodeConfig config) throws Mistake {
    return config.text(Setting.LISTEN).equalsIgnoreCase("none")
        ? NOWHERE
        : of(config, Setting.LISTEN);
  }

  static List<PeerAddress> peers(NodeConfig config) throws Mistake {
    List<PeerAddress> peers = new ArrayList<>();
    for (String text : config.list(Setting.PEERS)) {
      try {
        peers.add(PeerAddress.parse(text));
      } catch (Malformed e) {
        throw config.mistake(Setting.PEERS, "a list of [KEY@]HOST:PORT (%s)".formatted(e.reason()));
      }
    }
    return peers;
  }
}

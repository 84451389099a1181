package nimble.node;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import nimble.p2p.Hello;
import nimble.p2p.Network;
import nimble.p2p.PeerAddress;
import nimble.p2p.Role;
import nimble.p2p.sim.SimNetwork;
import nimble.p2p.sim.Weather;
import nimble.sim.Sim;
import nimble.types.ChainId;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// A node's network, for tests that have one node.
public final class Alone {
  private Alone() {}

  /// Of nodes that do not check what chain it is.
  public static Hello hello(Role... roles) {
    return new Hello(
        new ChainId("test"),
        Hash.ZERO,
        Hello.PROTOCOL,
        Hello.PROTOCOL,
        0,
        Optional.empty(),
        new TreeSet<>(List.of(roles)),
        "nimble/test");
  }

  /// Nobody else is there.
  public static Network network(PublicKey self) {
    return new SimNetwork(new Sim(1), Weather.calm())
        .join(self, PeerAddress.of("h", 1), hello(Role.MINER), () -> 0, _ -> true);
  }
}

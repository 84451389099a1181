package nimble.node.devnet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.IntFunction;
import nimble.crypto.SigningKey;
import nimble.node.Node;
import nimble.node.Upkeep;
import nimble.node.chain.Reporter;
import nimble.node.site.Plant;
import nimble.node.site.RealSite;
import nimble.node.work.Patrons;
import nimble.p2p.Role;
import nimble.p2p.netty.Settings;
import nimble.storage.file.DataDirectory;
import nimble.storage.file.FileVoteLog;
import nimble.training.fault.Fault;

/// All nodes of a devnet in one process, over real sockets and databases of their own. Node 0 is
/// the first validator; miners follow the validators.
public final class LocalNetwork implements AutoCloseable {
  /// A member of the network.
  public record Member(String name, NodeKeys keys, EnumSet<Role> roles, Node node, RealSite site) {}

  private final Devnet devnet;
  private final List<Member> members = new ArrayList<>();

  private LocalNetwork(Devnet devnet) {
    this.devnet = devnet;
  }

  /// Starts every node under `home`; each keeps connected to those that started before it.
  ///
  /// @param listeners of the node with this number
  public static LocalNetwork start(
      Devnet devnet,
      Path home,
      Plant plant,
      Upkeep upkeep,
      IntFunction<Node.Listeners> listeners,
      BiConsumer<String, Throwable> onFailure)
      throws IOException, DataDirectory.Refused {
    LocalNetwork network = new LocalNetwork(devnet);
    try {
      for (NodeKeys keys : devnet.validators()) {
        network.add(
            "validator" + network.members.size(),
            keys,
            true,
            devnet.auditorFault(network.members.size()),
            home,
            plant,
            upkeep,
            listeners,
            onFailure);
      }
      for (int i = 0; i < devnet.miners().size(); i++) {
        network.add(
            "miner" + i,
            devnet.miners().get(i),
            false,
            devnet.fault(i),
            home,
            plant,
            upkeep,
            listeners,
            onFailure);
      }
      return network;
    } catch (IOException | DataDirectory.Refused | RuntimeException e) {
      network.close();
      throw e;
    }
  }

  private void add(
      String name,
      NodeKeys keys,
      boolean validates,
      Optional<Fault> fault,
      Path home,
      Plant plant,
      Upkeep upkeep,
      IntFunction<Node.Listeners> listeners,
      BiConsumer<String, Throwable> onFailure)
      throws IOException, DataDirectory.Refused {
    Path directory = home.resolve(name);
    SigningKey hotKey = keys.hot();
    String chain = devnet.genesis().chain().value();
    boolean fresh = !Files.exists(directory.resolve("VERSION"));
    DataDirectory.create(directory, chain, devnet.genesis().hash());
    DataDirectory data = DataDirectory.open(directory, chain, devnet.genesis().hash());
    if (fresh && validates) {
      FileVoteLog.create(data.votes()).close();
    }
    RealSite site =
        new RealSite(
            name, plant, hotKey, Settings.at("127.0.0.1", 0), data, validates, upkeep, onFailure);
    EnumSet<Role> roles = EnumSet.of(validates ? Role.VALIDATOR : Role.MINER);
    if (members.isEmpty()) {
      roles.add(Role.GATEWAY);
    }
    Node node =
        Node.start(
            new Node.Identity(
                devnet.genesis(),
                hotKey,
                validates ? Optional.of(keys.vote()) : Optional.empty(),
                roles,
                members.stream().map(member -> member.site().address()).toList(),
                fault,
                Patrons.of(devnet.wallets())),
            site,
            listeners.apply(members.size()));
    members.add(new Member(name, keys, roles, node, site));
  }

  public Devnet devnet() {
    return devnet;
  }

  public List<Member> members() {
    return List.copyOf(members);
  }

  /// Miners first: they only follow.
  @Override
  public void close() {
    for (Member member : members.reversed()) {
      member.node().close();
    }
    for (Member member : members.reversed()) {
      try {
        member.site().close();
      } catch (IOException e) {
        // The lock of a directory that nobody holds any more.
        Reporter.SILENT.warn("close", "node", member.name(), "reason", e);
      }
    }
  }
}

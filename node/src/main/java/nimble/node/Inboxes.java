package nimble.node;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.function.Consumer;
import nimble.node.chain.Penalties;
import nimble.node.chain.Replica;
import nimble.node.loop.Inbox;
import nimble.node.net.Peers;
import nimble.node.sync.SnapshotKeeper;
import nimble.node.sync.SnapshotServer;
import nimble.node.work.AuditorOwner;
import nimble.node.work.BlobExchange;
import nimble.node.work.GatewayOwner;
import nimble.node.work.HostOwner;
import nimble.node.work.MinerOwner;
import nimble.node.work.Roles;
import nimble.node.work.Sweeper;
import nimble.p2p.Role;
import nimble.types.PublicKey;

/// The owners' inboxes. They are there before their owners, so that each owner can be given what it
/// needs of the others.
///
/// @param miner empty when the node does not mine
/// @param host empty when the node does not mine
/// @param auditor empty when the node is no validator
record Inboxes(
    Inbox<Peers.Input> peers,
    Inbox<Replica.Input> replica,
    Inbox<BlobExchange.Input> blobs,
    Inbox<GatewayOwner.Input> gateway,
    Inbox<SnapshotServer.Asked> snapshots,
    Inbox<SnapshotKeeper.Input> keeper,
    Inbox<Sweeper.Due> sweeper,
    Optional<Inbox<MinerOwner.Input>> miner,
    Optional<Inbox<HostOwner.Input>> host,
    Optional<Inbox<AuditorOwner.Input>> auditor) {
  private static final int REPLICA_INBOX_MAX = 16_384;
  private static final int INBOX_MAX = 4_096;
  private static final int SNAPSHOTS_INBOX_MAX = 256;

  /// One is at work while another waits.
  private static final int KEEPER_INBOX_MAX = 1;

  static Inboxes of(Site site, Set<Role> roles) {
    return new Inboxes(
        site.inbox("peers", INBOX_MAX),
        site.inbox("replica", REPLICA_INBOX_MAX),
        site.inbox("blobs", INBOX_MAX),
        site.inbox("gateway", INBOX_MAX),
        site.inbox("snapshots", SNAPSHOTS_INBOX_MAX),
        site.inbox("keeper", KEEPER_INBOX_MAX),
        site.inbox("sweeper", KEEPER_INBOX_MAX),
        roles.contains(Role.MINER) ? Optional.of(site.inbox("miner", INBOX_MAX)) : Optional.empty(),
        roles.contains(Role.MINER) ? Optional.of(site.inbox("host", INBOX_MAX)) : Optional.empty(),
        roles.contains(Role.VALIDATOR)
            ? Optional.of(site.inbox("auditor", INBOX_MAX))
            : Optional.empty());
  }

  Penalties penalties() {
    return (peer, penalty, reason) -> peers.offer(new Peers.Input.Penalized(peer, penalty, reason));
  }

  /// Where a role says whom the node must be connected to.
  Consumer<SortedSet<PublicKey>> neighboursOf(Peers.Asker asker) {
    return nodes -> peers.must(new Peers.Input.Neighbours(asker, nodes));
  }

  Roles roles() {
    return new Roles(miner, host, auditor, gateway);
  }

  Router router() {
    return new Router(peers, replica, blobs, snapshots, roles(), penalties());
  }

  /// Roles first, then the chain, then the network: nobody is told to do what nobody can hear.
  void stop() {
    List<Inbox<?>> order = new ArrayList<>();
    miner.ifPresent(order::add);
    host.ifPresent(order::add);
    auditor.ifPresent(order::add);
    order.addAll(List.of(gateway, sweeper, blobs, snapshots, replica, keeper, peers));
    order.forEach(Inbox::stop);
  }
}

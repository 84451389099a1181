package nimble.node;

import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import nimble.crypto.SigningKey;
import nimble.crypto.VoteSigningKey;
import nimble.genesis.Genesis;
import nimble.node.chain.ChainListener;
import nimble.node.chain.ChainStore;
import nimble.node.chain.Epoch;
import nimble.node.chain.FinalizedChain;
import nimble.node.chain.Replica;
import nimble.node.chain.Reporter;
import nimble.node.chain.Voter;
import nimble.node.loop.Inbox;
import nimble.node.work.BlobExchange;
import nimble.node.work.Blobs;
import nimble.node.work.GatewayOwner;
import nimble.node.work.MinerOwner;
import nimble.p2p.Hello;
import nimble.p2p.Network;
import nimble.p2p.Role;
import nimble.storage.LogEntry;
import nimble.storage.Retention;
import nimble.storage.VoteLog;
import nimble.training.TrainingRules;
import nimble.training.role.Gateway;
import nimble.training.role.MachineWork;
import nimble.training.role.Miner;
import nimble.training.role.Seats;

/// One node: a follower of the chain, and the roles it was given. Everything it is made of is put
/// together in [#start], top to bottom; the same code runs on a real machine and in the simulator.
public final class Node implements AutoCloseable {
  /// Who this node is.
  ///
  /// @param voteKey of a validator
  public record Identity(
      Genesis genesis, SigningKey hotKey, Optional<VoteSigningKey> voteKey, EnumSet<Role> roles) {}

  /// Who is told what happens. All are called on owners' threads, and must not block.
  public record Listeners(
      Reporter reporter, ChainListener chain, MinerOwner.ProgressListener progress) {}

  private static final int REPLICA_INBOX_MAX = 16_384;
  private static final int WORK_INBOX_MAX = 4_096;

  /// Versions of the state that stay on disk, for proofs.
  private static final Retention RETENTION = new Retention.Pruned(1_000);

  private final Network network;
  private final FinalizedChain chain;
  private final BlobExchange blobs;
  private final Inbox<Replica.Input> replica;
  private final Inbox<GatewayOwner.Input> gateway;
  private final List<Inbox<?>> inboxes;

  private Node(
      Network network,
      FinalizedChain chain,
      BlobExchange blobs,
      Inbox<Replica.Input> replica,
      Inbox<GatewayOwner.Input> gateway,
      List<Inbox<?>> inboxes) {
    this.network = network;
    this.chain = chain;
    this.blobs = blobs;
    this.replica = replica;
    this.gateway = gateway;
    this.inboxes = inboxes;
  }

  public static Node start(Identity identity, Site site, Listeners listeners) throws IOException {
    Genesis genesis = identity.genesis();
    boolean mines = identity.roles().contains(Role.MINER);

    ChainStore store = ChainStore.open(site.database(), genesis);
    FinalizedChain chain = store.chain();
    Epoch epoch =
        Epoch.first(
            genesis,
            identity.hotKey().publicKey(),
            new TrainingRules(genesis.parameters().training()));

    Inbox<Replica.Input> replica = site.inbox("replica", REPLICA_INBOX_MAX);
    Inbox<BlobExchange.Input> blobs = site.inbox("blobs", WORK_INBOX_MAX);
    Inbox<GatewayOwner.Input> gateway = site.inbox("gateway", WORK_INBOX_MAX);
    Inbox<MinerOwner.Input> miner = site.inbox("miner", WORK_INBOX_MAX);

    Router router =
        new Router(
            replica, blobs, mines ? Optional.of(miner) : Optional.empty(), Optional.of(gateway));
    Network network = site.network(hello(identity, chain), chain::height, router);

    ChainListener onFinal =
        block -> {
          listeners.chain().finalized(block);
          if (mines) {
            miner.must(new MinerOwner.Input.Finalized(block.header().moment()));
          }
        };
    Optional<VoteLog.Opened> log = site.voteLog();
    Optional<Voter> voter =
        identity.voteKey().flatMap(key -> log.map(opened -> new Voter(key, opened.log())));
    List<LogEntry> entries = log.map(VoteLog.Opened::entries).orElse(List.of());
    replica.start(
        new Replica(
            new Replica.Parts(
                epoch,
                store,
                voter,
                entries,
                network,
                site.timers(),
                listeners.reporter(),
                onFinal,
                RETENTION),
            replica));

    BlobExchange exchange = new BlobExchange(site.blobs(), network, site.timers(), blobs);
    blobs.start(exchange);

    gateway.start(new GatewayOwner(new Gateway(network.self()), network, site.timers(), gateway));

    if (mines) {
      Miner actor =
          new Miner(network.self(), (plan, stage) -> new MachineWork(site.machine(), plan, stage));
      miner.start(
          new MinerOwner(
              new MinerOwner.Parts(
                  genesis.chain(),
                  identity.hotKey(),
                  actor,
                  new Seats(network.self()),
                  chain.state(),
                  network,
                  site.compute(),
                  exchange,
                  site.timers(),
                  call -> replica.offer(new Replica.Input.Worked(call)),
                  listeners.reporter(),
                  listeners.progress()),
              miner));
      miner.must(new MinerOwner.Input.Finalized(chain.tip().moment()));
    }
    replica.must(new Replica.Input.Started());
    return new Node(
        network, chain, exchange, replica, gateway, List.of(miner, gateway, blobs, replica));
  }

  private static Hello hello(Identity identity, FinalizedChain chain) {
    return new Hello(
        identity.genesis().chain(),
        identity.genesis().hash(),
        Hello.PROTOCOL,
        Hello.PROTOCOL,
        chain.height(),
        Optional.empty(),
        identity.roles(),
        "nimble/" + Version.NUMBER);
  }

  public Network network() {
    return network;
  }

  public FinalizedChain chain() {
    return chain;
  }

  public Blobs blobs() {
    return blobs;
  }

  /// Where clients' transactions go in.
  public Inbox<Replica.Input> replica() {
    return replica;
  }

  /// Where requests for text go in.
  public Inbox<GatewayOwner.Input> gateway() {
    return gateway;
  }

  /// Roles first, then the chain, then the network: nobody is told to do what nobody can hear.
  @Override
  public void close() {
    inboxes.forEach(Inbox::stop);
    network.close();
  }
}

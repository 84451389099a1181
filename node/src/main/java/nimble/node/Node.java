package nimble.node;

import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import nimble.chain.SignedWorkCall;
import nimble.crypto.SigningKey;
import nimble.crypto.VoteSigningKey;
import nimble.genesis.Genesis;
import nimble.genesis.TrainingParameters;
import nimble.ledger.BlockBuilder;
import nimble.node.chain.ChainListener;
import nimble.node.chain.ChainStore;
import nimble.node.chain.FinalizedChain;
import nimble.node.chain.Law;
import nimble.node.chain.Replica;
import nimble.node.chain.Reporter;
import nimble.node.chain.Voter;
import nimble.node.loop.Inbox;
import nimble.node.net.Endpoints;
import nimble.node.net.Peers;
import nimble.node.sync.SnapshotKeeper;
import nimble.node.sync.SnapshotServer;
import nimble.node.sync.Snapshots;
import nimble.node.work.AuditorOwner;
import nimble.node.work.BlobExchange;
import nimble.node.work.Blobs;
import nimble.node.work.Evidence;
import nimble.node.work.GatewayOwner;
import nimble.node.work.HostOwner;
import nimble.node.work.MinerOwner;
import nimble.node.work.Patrons;
import nimble.node.work.Sweeper;
import nimble.node.work.Tensors;
import nimble.node.work.Workplace;
import nimble.p2p.Hello;
import nimble.p2p.Network;
import nimble.p2p.PeerAddress;
import nimble.p2p.Role;
import nimble.storage.LogEntry;
import nimble.storage.VoteLog;
import nimble.training.TrainingRules;
import nimble.training.fault.Fault;
import nimble.training.fault.Works;
import nimble.training.role.Conduct;
import nimble.training.role.auditor.Auditor;
import nimble.training.role.auditor.DutyBook;
import nimble.training.role.auditor.MachineReplays;
import nimble.training.role.miner.Miner;
import nimble.training.role.miner.Seats;
import nimble.training.role.serving.Gateway;
import nimble.training.role.serving.Host;
import nimble.training.role.serving.HostSeats;
import nimble.types.PublicKey;

/// One node: a follower of the chain, and the roles it was given. Everything it is made of is put
/// together in [#start], top to bottom; the same code runs on a real machine and in the simulator.
public final class Node implements AutoCloseable {
  /// Who this node is.
  ///
  /// @param voteKey of a validator
  /// @param peers to keep connected to; those without a key to begin with
  /// @param fault how its miner or its auditor deviates, on a devnet
  /// @param patrons whose deployments it serves as their gateway
  public record Identity(
      Genesis genesis,
      SigningKey hotKey,
      Optional<VoteSigningKey> voteKey,
      EnumSet<Role> roles,
      List<PeerAddress> peers,
      Optional<Fault> fault,
      Patrons patrons) {
    public Identity {
      peers = List.copyOf(peers);
    }

    /// One who waits to be dialled.
    public Identity(
        Genesis genesis, SigningKey hotKey, Optional<VoteSigningKey> voteKey, EnumSet<Role> roles) {
      this(genesis, hotKey, voteKey, roles, List.of());
    }

    /// An honest one.
    public Identity(
        Genesis genesis,
        SigningKey hotKey,
        Optional<VoteSigningKey> voteKey,
        EnumSet<Role> roles,
        List<PeerAddress> peers) {
      this(genesis, hotKey, voteKey, roles, peers, Optional.empty(), Patrons.NONE);
    }
  }

  /// Who is told what happens. All are called on owners' threads, and must not block.
  public record Listeners(
      Reporter reporter,
      ChainListener chain,
      MinerOwner.ProgressListener progress,
      AuditorOwner.ProgressListener audits) {
    public Listeners(Reporter reporter, ChainListener chain, MinerOwner.ProgressListener progress) {
      this(reporter, chain, progress, audit -> {});
    }
  }

  private final Network network;
  private final FinalizedChain chain;
  private final BlobExchange blobs;
  private final Optional<Snapshots> snapshots;
  private final Inboxes inboxes;
  private final Patrons patrons;

  private Node(
      Network network,
      FinalizedChain chain,
      BlobExchange blobs,
      Optional<Snapshots> snapshots,
      Inboxes inboxes,
      Patrons patrons) {
    this.patrons = patrons;
    this.snapshots = snapshots;
    this.network = network;
    this.chain = chain;
    this.blobs = blobs;
    this.inboxes = inboxes;
  }

  public static Node start(Identity identity, Site site, Listeners listeners) throws IOException {
    ChainStore store =
        ChainStore.open(
            site.database(), identity.genesis(), site.upkeep().blocks(), site.trusted());
    FinalizedChain chain = store.chain();
    Inboxes inboxes = Inboxes.of(site, identity.roles());
    Network network = site.network(hello(identity, chain), chain::height, inboxes.router());
    Tensors tensors = new Tensors(network, inboxes.roles());
    BlobExchange blobs = startBlobs(site, network, inboxes);
    startSweeper(site, listeners, chain, inboxes);

    inboxes
        .peers()
        .start(
            new Peers(
                new Peers.Parts(
                    network,
                    identity.peers(),
                    Endpoints.registered(chain),
                    site.peerMemory(),
                    site.relays(),
                    site.timers(),
                    listeners.reporter()),
                inboxes.peers()));

    startSnapshots(site, listeners, chain, network, inboxes);
    startReplica(identity, site, listeners, store, network, inboxes);

    Function<Peers.Asker, Workplace.Parts> places =
        asker ->
            new Workplace.Parts(
                identity.genesis().chain(),
                identity.hotKey(),
                chain,
                tensors,
                site.compute(),
                blobs,
                blobs,
                site.timers(),
                call -> inboxes.replica().offer(new Replica.Input.Worked(call)),
                inboxes.neighboursOf(asker),
                listeners.reporter());
    startGateway(identity, places.apply(Peers.Asker.GATEWAY), inboxes);
    startMiner(identity, site, listeners, places.apply(Peers.Asker.MINER), chain, inboxes);
    startHost(identity, site, places.apply(Peers.Asker.HOST), chain, inboxes);
    startAuditor(identity, site, listeners, places.apply(Peers.Asker.AUDITOR), chain, inboxes);
    inboxes.replica().must(new Replica.Input.Started());
    return new Node(network, chain, blobs, site.snapshots(), inboxes, identity.patrons());
  }

  private static Works works(Identity identity, Site site) {
    return new Works(identity.genesis().parameters().training(), site.machine(), identity.fault());
  }

  private static BlobExchange startBlobs(Site site, Network network, Inboxes inboxes) {
    BlobExchange exchange =
        new BlobExchange(
            site.blobs(),
            site.shelf(),
            network,
            inboxes.penalties(),
            site.timers(),
            inboxes.blobs());
    inboxes.blobs().start(exchange);
    return exchange;
  }

  private static void startSweeper(
      Site site, Listeners listeners, FinalizedChain chain, Inboxes inboxes) {
    Inbox<Sweeper.Due> self = inboxes.sweeper();
    Runnable later =
        () -> site.timers().after(Sweeper.EVERY_MILLIS, () -> self.must(new Sweeper.Due()));
    self.start(new Sweeper(site.blobs(), chain, listeners.reporter(), later));
  }

  private static void startGateway(Identity identity, Workplace.Parts place, Inboxes inboxes) {
    PublicKey self = identity.hotKey().publicKey();
    inboxes
        .gateway()
        .start(
            new GatewayOwner(
                place,
                new Gateway(self),
                new HostSeats(self),
                identity.patrons(),
                inboxes.gateway()));
    inboxes.gateway().must(new GatewayOwner.Input.Finalized());
  }

  /// Every miner serves what it is given to serve.
  private static void startHost(
      Identity identity, Site site, Workplace.Parts place, FinalizedChain chain, Inboxes inboxes) {
    PublicKey self = identity.hotKey().publicKey();
    inboxes
        .host()
        .ifPresent(inbox -> {
          Host host = new Host(self, works(identity, site)::host, Conduct.of(identity.fault()));
          inbox.start(new HostOwner(place, host, new HostSeats(self), inbox));
          inbox.must(new HostOwner.Input.Finalized(chain.tip().moment()));
        });
  }

  private static void startMiner(
      Identity identity,
      Site site,
      Listeners listeners,
      Workplace.Parts place,
      FinalizedChain chain,
      Inboxes inboxes) {
    inboxes
        .miner()
        .ifPresent(inbox -> {
          PublicKey self = identity.hotKey().publicKey();
          Miner miner = new Miner(self, works(identity, site)::mine, Conduct.of(identity.fault()));
          inbox.start(new MinerOwner(place, miner, new Seats(self), listeners.progress(), inbox));
          inbox.must(new MinerOwner.Input.Finalized(chain.tip().moment()));
        });
  }

  /// Every validator audits.
  private static void startAuditor(
      Identity identity,
      Site site,
      Listeners listeners,
      Workplace.Parts place,
      FinalizedChain chain,
      Inboxes inboxes) {
    Genesis genesis = identity.genesis();
    TrainingParameters training = genesis.parameters().training();
    inboxes
        .auditor()
        .ifPresent(inbox -> {
          Auditor auditor =
              new Auditor(
                  works(identity, site)::audit,
                  new MachineReplays(site.machine(), genesis.chain(), training),
                  AuditorOwner.secrets(genesis.chain(), identity.hotKey()),
                  training.auditCommit(),
                  site.auditBytesMax());
          DutyBook book = new DutyBook(identity.hotKey().publicKey(), new TrainingRules(training));
          inbox.start(new AuditorOwner(place, auditor, book, listeners.audits(), inbox));
          inbox.must(new AuditorOwner.Input.Finalized(chain.tip().moment()));
        });
  }

  private static void startSnapshots(
      Site site, Listeners listeners, FinalizedChain chain, Network network, Inboxes inboxes) {
    site.snapshots()
        .ifPresent(kept -> {
          inboxes.snapshots().start(new SnapshotServer(kept, chain, network, inboxes.penalties()));
          inboxes.keeper().start(new SnapshotKeeper(kept, chain, listeners.reporter()));
        });
  }

  private static void startReplica(
      Identity identity,
      Site site,
      Listeners listeners,
      ChainStore store,
      Network network,
      Inboxes inboxes) {
    Genesis genesis = identity.genesis();
    Law law =
        Law.of(
            genesis,
            identity.hotKey().publicKey(),
            new TrainingRules(genesis.parameters().training()),
            site.seenVotes());
    BlockBuilder.Choice choice =
        identity.fault().map(Fault::choice).orElse(BlockBuilder.Choice.ALL);
    Optional<VoteLog.Opened> log = site.voteLog();
    Optional<Voter> voter =
        identity
            .voteKey()
            .flatMap(key ->
                log.map(opened ->
                    new Voter(
                        key,
                        opened.log(),
                        site.signingGuard(),
                        site.beside(),
                        site.votesAnyway())));
    List<LogEntry> entries = log.map(VoteLog.Opened::entries).orElse(List.of());
    ChainListener onFinal =
        block -> {
          listeners.chain().finalized(block);
          MinerOwner.Input input = new MinerOwner.Input.Finalized(block.header().moment());
          inboxes.miner().ifPresent(miner -> miner.must(input));
          HostOwner.Input hosts = new HostOwner.Input.Finalized(block.header().moment());
          inboxes.host().ifPresent(host -> host.must(hosts));
          inboxes.gateway().must(new GatewayOwner.Input.Finalized());
          AuditorOwner.Input audits = new AuditorOwner.Input.Finalized(block.header().moment());
          inboxes.auditor().ifPresent(auditor -> auditor.must(audits));
          if (site.snapshots().isPresent()) {
            SnapshotKeeper.offer(
                inboxes.keeper(), site.database(), block.header(), site.upkeep().snapshotsEvery());
          }
        };
    inboxes
        .replica()
        .start(
            new Replica(
                new Replica.Parts(
                    law,
                    new BlockBuilder(law.ledger(), choice),
                    store,
                    voter,
                    entries,
                    nodes -> inboxes.peers().must(new Peers.Input.Validators(nodes)),
                    network,
                    inboxes.penalties(),
                    site.timers(),
                    site.poolFile(),
                    site::nanos,
                    site.checkers(),
                    call -> SignedWorkCall.by(identity.hotKey(), genesis.chain(), call),
                    listeners.reporter(),
                    onFinal,
                    site.upkeep().states()),
                inboxes.replica()));
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

  public Evidence evidence() {
    return blobs;
  }

  /// Where clients' transactions go in.
  public Inbox<Replica.Input> replica() {
    return inboxes.replica();
  }

  /// Where questions about peers go in.
  public Inbox<Peers.Input> peers() {
    return inboxes.peers();
  }

  /// Where requests for text go in.
  public Inbox<GatewayOwner.Input> gateway() {
    return inboxes.gateway();
  }

  public Patrons patrons() {
    return patrons;
  }

  /// What runs is finished first (O4).
  @Override
  public void close() {
    snapshots.ifPresent(Snapshots::close);
    inboxes.stop();
    network.close();
  }
}

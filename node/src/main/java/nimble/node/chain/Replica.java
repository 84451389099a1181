package nimble.node.chain;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import nimble.chain.Block;
import nimble.chain.Header;
import nimble.chain.SignedWorkCall;
import nimble.chain.Transaction;
import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.consensus.Certificate;
import nimble.consensus.Effect;
import nimble.consensus.Engine;
import nimble.consensus.Message;
import nimble.consensus.Proposal;
import nimble.consensus.Request;
import nimble.consensus.SignedVote;
import nimble.consensus.TimerKind;
import nimble.consensus.Vote;
import nimble.node.loop.Mailbox;
import nimble.node.loop.Owner;
import nimble.node.loop.Timers;
import nimble.node.net.Penalties;
import nimble.p2p.Chunk;
import nimble.p2p.Get;
import nimble.p2p.Network;
import nimble.p2p.NetworkEvent;
import nimble.p2p.Penalty;
import nimble.storage.LogEntry;
import nimble.storage.Retention;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// The owner of one node's chain: votes or follows, builds blocks, gossips transactions and work
/// calls, and makes blocks final.
public final class Replica implements Owner<Replica.Input> {
  /// Everything that can happen to a replica.
  public sealed interface Input {
    /// First, once.
    record Started() implements Input {}

    record Network(NetworkEvent event) implements Input {}

    record TimerFired(long serial, long view, TimerKind kind) implements Input {}

    /// Every fetch interval.
    record Tick() implements Input {}

    /// A block may be due; the end of the turn looks.
    record Due() implements Input {}

    /// A client's transactions.
    ///
    /// @param reply told of each why it was not taken; empty when it was
    record Submitted(List<Transaction> transactions, Consumer<List<Optional<String>>> reply)
        implements Input {
      public Submitted {
        transactions = List.copyOf(transactions);
      }

      /// A single one.
      public static Submitted one(Transaction transaction, Consumer<Optional<String>> reply) {
        return new Submitted(List.of(transaction), verdicts -> reply.accept(verdicts.getFirst()));
      }
    }

    /// Somebody wants to know how consensus stands.
    record Asked(Consumer<ConsensusDump> reply) implements Input {}

    /// This node's own work call.
    record Worked(SignedWorkCall call) implements Input {}
  }

  /// What a replica is made of; all of it is the replica's own from then on.
  public record Parts(
      Epoch epoch,
      ChainStore store,
      Optional<Voter> voter,
      List<LogEntry> logEntries,
      Network network,
      Penalties penalties,
      Timers timers,
      Reporter reporter,
      ChainListener listener,
      Retention retention) {}

  /// Number for a peer that is no validator, in the core's requests.
  private static final int FOLLOWER_FIRST = 1_000;

  private static final int FOLLOWERS_MAX = 4_096;

  private final Parts parts;
  private final Epoch epoch;
  private final Mailbox<Input> self;
  private final BlockTree tree;
  private final Payloads payloads = new Payloads();
  private final BlockServer server;
  private final Outbox outbox;
  private final CatchUp catchUp;
  private final PayloadFetch payloadFetch;
  private final Pool pool;
  private final Engine engine;
  private final Voting voting;
  private final Proposer proposer;
  private final Map<ConsensusDump.Timer, Long> timers = new LinkedHashMap<>();
  private final List<PublicKey> followers = new ArrayList<>();
  private Optional<Certificate> awaited = Optional.empty();
  private long serial;
  private long requests;
  private long passedOn;
  private long nowMillis;
  private long dueMillis = Long.MAX_VALUE;

  public Replica(Parts parts, Mailbox<Input> self) {
    this.parts = parts;
    this.epoch = parts.epoch();
    this.self = self;
    this.tree = new BlockTree(epoch.rules(), parts.store());
    this.server = new BlockServer(parts.store().chain(), payloads);
    this.outbox = new Outbox(parts.network(), epoch.hotKeys());
    this.pool =
        new Pool(
            epoch,
            parts.store().chain(),
            outbox,
            () -> ++requests,
            parts.penalties(),
            parts.reporter());
    this.catchUp =
        new CatchUp(
            tree.tip().height().value(),
            outbox,
            () -> ++requests,
            parts.penalties(),
            new Certified());
    this.payloadFetch = new PayloadFetch(outbox, () -> ++requests);
    this.engine = epoch.engine(genesisDigest());
    this.voting =
        new Voting(
            engine,
            epoch.committee(),
            epoch.ballots(),
            parts.voter(),
            tree,
            payloads,
            outbox,
            parts.reporter(),
            new Host());
    this.proposer = new Proposer(epoch, parts.voter(), tree, payloads, pool, engine);
  }

  private Hash genesisDigest() {
    return parts
        .store()
        .chain()
        .header(0)
        .map(Header::digest)
        .orElseThrow(() -> new IllegalStateException("no genesis block"));
  }

  @Override
  public void turn(long now, List<Input> inputs) {
    nowMillis = Math.max(nowMillis, now);
    for (Input input : inputs) {
      handle(input);
    }
    voting.retry(nowMillis);
    catchUp.reached(nowMillis);
    proposeIfDue();
    pool.announce(nowMillis);
    passOn();
    voting.sendAll();
  }

  private void handle(Input input) {
    switch (input) {
      case Input.Started() -> start();
      case Input.Network(NetworkEvent event) -> network(event);
      case Input.TimerFired(long number, long view, TimerKind kind) -> {
        if (timers.remove(new ConsensusDump.Timer(view, kind), number)) {
          voting.feed(nowMillis, new nimble.consensus.Input.TimerFired(view, kind));
        }
      }
      case Input.Tick() -> tick();
      case Input.Due() -> dueMillis = Long.MAX_VALUE;
      case Input.Submitted(List<Transaction> transactions, var reply) ->
          reply.accept(transactions.stream().map(pool::submit).toList());
      case Input.Asked(var reply) -> reply.accept(ConsensusDump.of(engine, tree, timers.keySet()));
      case Input.Worked(SignedWorkCall call) -> pool.work(call);
    }
  }

  private void start() {
    voting.start(nowMillis, parts.logEntries());
    parts.store().chain().tipCertificate().ifPresent(this::certificate);
    scheduleTick();
  }

  /// Ticks carry what has no timer of its own: idle blocks, requests to repeat, gossip.
  private void tick() {
    pool.tick(nowMillis);
    catchUp.tick(nowMillis, awaited.isPresent());
    scheduleTick();
  }

  private void scheduleTick() {
    later(epoch.parameters().consensus().fetchMillis(), new Input.Tick());
  }

  private void later(long delayMillis, Input input) {
    parts
        .timers()
        .after(
            delayMillis,
            () -> {
              if (!self.offer(input)) {
                // A full inbox may drop what a peer said, but never a timer.
                later(delayMillis, input);
              }
            });
  }

  private void network(NetworkEvent event) {
    switch (event) {
      case NetworkEvent.PeerConnected connected -> {
        pool.connected(nowMillis, connected.peer());
        catchUp.connected(nowMillis, connected.peer(), connected.hello().height());
        tellTip(connected.peer());
      }
      case NetworkEvent.PeerDisconnected disconnected -> {
        pool.disconnected(nowMillis, disconnected.peer());
        catchUp.gone(nowMillis, disconnected.peer());
      }
      case NetworkEvent.Received received -> received(received.peer(), received.message());
      case NetworkEvent.Misbehaved _, NetworkEvent.Refused _ -> {}
    }
  }

  /// A new peer learns at once how far the chain is.
  private void tellTip(PublicKey peer) {
    parts
        .store()
        .chain()
        .tipCertificate()
        .ifPresent(certificate -> outbox.send(peer, Voting.message(certificate)));
  }

  /// Validators tell their followers what is final; a follower tells those that follow it (N4).
  private void passOn() {
    long tip = tree.tip().height().value();
    if (parts.voter().isEmpty() && tip > passedOn) {
      passedOn = tip;
      parts
          .store()
          .chain()
          .tipCertificate()
          .ifPresent(certificate -> outbox.sendToFollowers(Voting.message(certificate)));
    }
  }

  private void received(PublicKey peer, nimble.p2p.Message message) {
    try {
      switch (message.kind()) {
        case VOTE, CERTIFICATE ->
            consensus(peer, Reader.decode(message.payload(), Message::readTagged));
        case PROPOSAL -> {
          // Others than validators propose nothing: they could only push good blocks out of memory.
          if (epoch.hotKeys().contains(peer)) {
            block(Block.decode(message.payload()));
          }
        }
        case BLOCK_GET -> outbox.send(peer, server.answer(Get.decode(message)));
        case BLOCKS -> blocks(peer, message);
        case TX_ANNOUNCE, TX_GET, TX_BODIES, CALL_ANNOUNCE, CALL_GET, CALL_BODIES ->
            pool.received(nowMillis, peer, message);
        default -> parts.reporter().debug("message_ignored", "peer", peer, "kind", message.kind());
      }
    } catch (Malformed e) {
      parts
          .penalties()
          .penalize(peer, Penalty.LARGE, "%s: %s".formatted(message.kind(), e.reason()));
    }
  }

  private void consensus(PublicKey peer, Message message) throws Malformed {
    if (message.epoch() != epoch.committee().epoch()) {
      return;
    }
    switch (message) {
      case SignedVote vote -> {
        // The connection proves who speaks: only the signer itself sends its vote.
        if (vote.signer() < epoch.hotKeys().size()
            && epoch.hotKeys().get(vote.signer()).equals(peer)) {
          ChainReport.received(parts.reporter(), vote);
          voting.feed(nowMillis, new nimble.consensus.Input.Voted(vote));
        }
      }
      case Certificate certificate -> {
        Optional<Certificate> before = awaited;
        certificate(certificate);
        if (awaited.isPresent()) {
          catchUp.told(nowMillis, peer, !awaited.equals(before));
        }
      }
      case Request request ->
          voting.feed(nowMillis, new nimble.consensus.Input.Requested(numberOf(peer), request));
    }
  }

  private void certificate(Certificate certificate) {
    voting.feed(nowMillis, new nimble.consensus.Input.CertificateSeen(certificate));
  }

  /// A validator's index, or a number given for the time of this process.
  private int numberOf(PublicKey peer) {
    int index = epoch.hotKeys().indexOf(peer);
    if (index >= 0) {
      return index;
    }
    if (!followers.contains(peer) && followers.size() < FOLLOWERS_MAX) {
      followers.add(peer);
    }
    return FOLLOWER_FIRST + Math.max(0, followers.indexOf(peer));
  }

  private PublicKey peerOf(int number) {
    return number >= FOLLOWER_FIRST
        ? followers.get(number - FOLLOWER_FIRST)
        : epoch.hotKeys().get(number);
  }

  private void block(Block block) {
    if (block.header().height().value() > tree.tip().height().value()) {
      payloads.add(block);
      awaited.ifPresent(this::finalizeThrough);
    }
  }

  private void blocks(PublicKey peer, nimble.p2p.Message message) throws Malformed {
    Chunk chunk = Chunk.decode(message);
    if (payloadFetch.expects(peer, chunk)) {
      payloadFetch.answered(chunk).ifPresent(this::block);
    } else {
      catchUp.heard(nowMillis, peer, message);
    }
  }

  /// Makes everything up to the certified block final, if the way there is here; otherwise notes
  /// what is missing.
  private void finalizeThrough(Certificate certificate) {
    Optional<Proposal> proposal = certificate.vote().choice();
    if (proposal.isEmpty() || parts.store().chain().heightOf(proposal.get().digest()).isPresent()) {
      return;
    }
    execute(proposal.get().digest());
    Optional<List<ExecutedBlock>> path = tree.pathTo(proposal.get().digest());
    if (path.isEmpty()) {
      if (awaited.filter(it -> it.vote().view() >= certificate.vote().view()).isEmpty()) {
        awaited = Optional.of(certificate);
      }
      return;
    }
    for (ExecutedBlock block : path.get()) {
      makeFinal(block, certificate);
    }
  }

  private void makeFinal(ExecutedBlock block, Certificate certificate) {
    boolean last =
        certificate.vote().choice().filter(it -> it.digest().equals(block.digest())).isPresent();
    tree.finalizeBlock(
        block,
        last ? Optional.of(Writer.encode(certificate::write)) : Optional.empty(),
        parts.retention());
    finalized(block);
    awaited = awaited.filter(it -> it.vote().view() > block.header().view());
  }

  /// Executes what is here of the way to `digest`.
  private void execute(Hash digest) {
    List<Block> way = new ArrayList<>();
    Hash at = digest;
    while (!tree.has(at)) {
      Optional<Block> block = payloads.get(at);
      if (block.isEmpty() || way.size() > Payloads.BLOCKS_MAX) {
        return;
      }
      way.addFirst(block.get());
      at = block.get().header().parent();
    }
    for (Block block : way) {
      if (tree.check(block, Long.MAX_VALUE / 2) instanceof Verdict.Invalid(String reason)) {
        Invariant.check(false, "final block %s is invalid here: %s", block.digest(), reason);
      }
    }
  }

  private void finalized(ExecutedBlock block) {
    payloads.pruneTo(block.height());
    voting.prune(block.header().view());
    timers.keySet().removeIf(timer -> timer.view() < block.header().view());
    pool.finalized(nowMillis, block.block());
    ChainReport.finalized(parts.reporter(), block);
    parts.listener().finalized(block.block());
  }

  private void proposeIfDue() {
    proposer
        .propose(nowMillis)
        .ifPresent(outcome -> {
          switch (outcome) {
            case Proposer.Outcome.Later(long millis) -> lookAgain(nowMillis + millis);
            case Proposer.Outcome.Ready(nimble.consensus.Input.Built built) ->
                voting.feed(nowMillis, built);
          }
        });
  }

  private void lookAgain(long atMillis) {
    if (atMillis < dueMillis) {
      dueMillis = atMillis;
      later(atMillis - nowMillis, new Input.Due());
    }
  }

  private final class Host implements Voting.Host {
    @Override
    public void build(long view, Proposal parent) {
      proposer.due(nowMillis, view, parent);
    }

    @Override
    public void startTimer(Effect.StartTimer timer) {
      long number = ++serial;
      timers.put(new ConsensusDump.Timer(timer.view(), timer.kind()), number);
      later(timer.millis(), new Input.TimerFired(number, timer.view(), timer.kind()));
    }

    @Override
    public void fetch(Hash digest, int validator) {
      payloadFetch.ask(epoch.hotKeys().get(validator), digest);
    }

    @Override
    public void finalized(Certificate certificate) {
      finalizeThrough(certificate);
    }

    @Override
    public void sendTo(int peer, Message message) {
      outbox.send(peerOf(peer), Voting.message(message));
    }
  }

  /// What catching up needs (N4).
  private final class Certified implements CatchUp.Host {
    @Override
    public long height() {
      return tree.tip().height().value();
    }

    @Override
    public boolean isFinal(Block block, Certificate certificate) {
      return certificate.vote() instanceof Vote.Finalize(Proposal proposal)
          && proposal.epoch() == epoch.committee().epoch()
          && proposal.digest().equals(block.digest())
          && epoch.committee().isQuorum(certificate.signers())
          && epoch.ballots().isValid(certificate);
    }

    @Override
    public void makeFinal(List<Block> blocks, Certificate certificate) {
      for (Block block : blocks) {
        switch (tree.check(block, Long.MAX_VALUE / 2)) {
          case Verdict.Valid(ExecutedBlock executed) ->
              Replica.this.makeFinal(executed, certificate);
          case Verdict.Invalid(String reason) ->
              Invariant.check(false, "final block %s: %s", block.digest(), reason);
          case Verdict.NotYet(String reason) ->
              Invariant.check(false, "final block %s: %s", block.digest(), reason);
        }
      }
      certificate(certificate);
    }
  }
}

package nimble.node.chain;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import nimble.chain.Block;
import nimble.chain.SignedWorkCall;
import nimble.chain.Transaction;
import nimble.chain.WorkCall;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.consensus.Certificate;
import nimble.consensus.Message;
import nimble.consensus.Misconduct;
import nimble.consensus.TimerKind;
import nimble.ledger.BlockBuilder;
import nimble.ledger.Elections;
import nimble.node.loop.Inbox;
import nimble.node.loop.Owner;
import nimble.node.loop.Timers;
import nimble.p2p.Chunk;
import nimble.p2p.Get;
import nimble.p2p.Kind;
import nimble.p2p.Lane;
import nimble.p2p.Network;
import nimble.p2p.NetworkEvent;
import nimble.p2p.Penalty;
import nimble.storage.LogEntry;
import nimble.storage.Place;
import nimble.storage.Retention;
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

    /// Peers wait to be heard, or for blocks; the turn hears and answers some (N13, N14).
    record Awaited() implements Input {}

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

    /// Signatures that were sent to be checked, and which of them hold.
    record Checked(long number, List<Boolean> good) implements Input {
      public Checked {
        good = List.copyOf(good);
      }
    }

    /// This node's own work call.
    record Worked(SignedWorkCall call) implements Input {}
  }

  /// What a replica is made of; all of it is the replica's own from then on.
  ///
  /// @param builder of the blocks that it leads
  /// @param logEntries what `voter`'s log holds
  /// @param signer with this node's hot key
  /// @param onEpoch told who validates in the epoch that runs and in the next one
  public record Parts(
      Law law,
      BlockBuilder builder,
      ChainStore store,
      Optional<Voter> voter,
      List<LogEntry> logEntries,
      Consumer<SortedSet<PublicKey>> onEpoch,
      Network network,
      Penalties penalties,
      Timers timers,
      PoolFile poolFile,
      LongSupplier nanos,
      Executor checkers,
      Function<WorkCall, SignedWorkCall> signer,
      Reporter reporter,
      ChainListener listener,
      Retention retention) {}

  private final Parts parts;
  private final Inbox<Input> self;
  private final FinalizedChain chain;
  private final BlockServer server;
  private final Hearsay hearsay = new Hearsay();
  private final Outbox outbox;
  private final CatchUp catchUp;
  private final EarlyWords early = new EarlyWords();
  private final PayloadFetch payloadFetch;
  private final Accuser accuser;
  private final Pool pool;
  private final ViewTimers viewTimers;
  private final Term.Parts shared;
  private Term term;
  private SortedSet<PublicKey> validators = Collections.emptySortedSet();
  private List<LogEntry> logEntries;
  private long requests;
  private long passedOn;
  private final List<ExecutedBlock> unsettled = new ArrayList<>();
  private long nowMillis;
  private long startedMillis;
  private boolean forgetful;
  private long dueMillis = Long.MAX_VALUE;

  public Replica(Parts parts, Inbox<Input> self) {
    this.parts = parts;
    this.self = self;
    this.chain = parts.store().chain();
    Payloads payloads = new Payloads();
    this.server = new BlockServer(chain, payloads, parts.network());
    this.outbox = new Outbox(parts.network());
    this.accuser = new Accuser(parts.law(), parts.store(), parts.reporter(), parts.signer());
    this.pool =
        new Pool(
            parts.law(),
            parts.builder(),
            parts.store(),
            accuser,
            outbox,
            () -> ++requests,
            parts.penalties(),
            parts.reporter(),
            parts.poolFile(),
            parts.nanos(),
            parts.checkers(),
            self::must);
    this.catchUp =
        new CatchUp(
            chain.height(),
            outbox,
            () -> ++requests,
            parts.penalties(),
            parts.reporter(),
            new Certified());
    this.payloadFetch = new PayloadFetch(outbox, () -> ++requests);
    this.viewTimers = new ViewTimers(this::later);
    this.shared =
        new Term.Parts(
            parts.store(),
            payloads,
            outbox,
            pool,
            payloadFetch,
            viewTimers,
            parts.reporter(),
            parts.retention());
    this.logEntries = parts.logEntries();
    this.term = term();
  }

  /// This node's part in the epoch of the next block.
  private Term term() {
    Epoch epoch = new Epoch(parts.law(), chain.runningEpoch(), parts.voter().map(Voter::key));
    return new Term(epoch, parts.voter(), shared, new Host());
  }

  @Override
  public void turn(long now, List<Input> inputs) {
    nowMillis = now;
    for (Input input : inputs) {
      handle(input);
      nextTerms();
    }
    hearSome(inputs.size());
    pool.takeArrived();
    term.pursue(nowMillis);
    nextTerms();
    catchUp.reached(nowMillis);
    pool.announce(nowMillis);
    passOn();
    term.sendAll();
    boolean asked = server.answerSome();
    if (asked || !hearsay.isEmpty()) {
      self.offer(new Input.Awaited());
    }
  }

  /// N14. Where a turn is full there may be votes among what still waits in the inbox.
  private void hearSome(int inputs) {
    hearsay.hearSome(
        inputs < Owner.TURN_MAX ? Hearsay.SHARE_MAX : 1,
        (peer, message) -> {
          received(peer, message);
          nextTerms();
        });
  }

  @Override
  public void stopping() {
    pool.save();
  }

  private void handle(Input input) {
    switch (input) {
      case Input.Started() -> start();
      case Input.Network(NetworkEvent event) -> network(event);
      case Input.TimerFired timer -> term.fired(nowMillis, timer);
      case Input.Tick() -> tick();
      case Input.Due() -> dueMillis = Long.MAX_VALUE;
      case Input.Awaited() -> {}
      case Input.Submitted(List<Transaction> transactions, var reply) ->
          pool.submit(transactions, reply);
      case Input.Checked(long number, List<Boolean> good) -> pool.checked(number, good);
      case Input.Asked(var reply) -> reply.accept(term.dump());
      case Input.Worked(SignedWorkCall call) -> pool.work(call);
    }
  }

  private void start() {
    startedMillis = nowMillis;
    forgetful = parts.voter().filter(it -> it.mayHaveForgotten(term.epoch().number())).isPresent();
    begin();
    pool.start(nowMillis);
    scheduleTick();
  }

  /// Ends what is over, and begins what follows; in a network of one that may be over at once.
  private void nextTerms() {
    while (term.isOver()) {
      term.sendAll();
      viewTimers.clear();
      term = term();
      List<EarlyWords.Word> words = early.all();
      begin();
      recall(words);
      term.pursue(nowMillis);
    }
  }

  /// N10.
  private void recall(List<EarlyWords.Word> words) {
    long epoch = term.epoch().number();
    for (EarlyWords.Word word : words) {
      if (word.message().epoch() == epoch) {
        term.hear(nowMillis, word.from(), word.message());
      }
    }
    if (!words.isEmpty()) {
      parts.reporter().debug("heard_early", "epoch", epoch, "messages", words.size());
    }
  }

  private void begin() {
    Epoch epoch = term.epoch();
    outbox.validators(epoch.hotKeys());
    TreeSet<PublicKey> next =
        new TreeSet<>(Epoch.hotKeys(Elections.set(chain.liveState(), epoch.number() + 1)));
    early.expect(epoch.number() + 1, next);
    TreeSet<PublicKey> present = new TreeSet<>(epoch.hotKeys());
    present.addAll(next);
    validators = present;
    parts.onEpoch().accept(present);
    parts.voter().ifPresent(this::staySilent);
    logEntries = logEntries.stream().filter(entry -> entry.at().epoch() >= epoch.number()).toList();
    parts
        .reporter()
        .info(
            "epoch_began",
            "epoch",
            epoch.number(),
            "height",
            chain.height(),
            "validators",
            epoch.committee().size(),
            "votes",
            epoch.votes());
    term.start(nowMillis, logEntries);
  }

  /// N7.
  private void staySilent(Voter voter) {
    EpochStart start = chain.runningEpoch();
    long skew = parts.law().parameters().consensus().clockSkewMillis();
    forgetful &=
        start.last().timeMillis() < startedMillis + skew && !voter.guard().history().isMemory();
    if (forgetful && start.number() > 0) {
      voter.log().raise(new Place(start.number() + 1, 0));
      parts.reporter().warn("votes_forgotten", "votesFromEpoch", start.number() + 1);
    }
  }

  /// Ticks carry what has no timer of its own: idle blocks, requests to repeat, gossip.
  private void tick() {
    accuser.reports().forEach(pool::work);
    pool.tick(nowMillis);
    catchUp.tick(nowMillis, term.awaited().isPresent());
    scheduleTick();
  }

  private void scheduleTick() {
    later(parts.law().parameters().consensus().fetchMillis(), new Input.Tick());
  }

  /// A full inbox may keep out what a peer says, but never a timer: of these there are few.
  private void later(long delayMillis, Input input) {
    parts.timers().after(delayMillis, () -> self.must(input));
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
        server.gone(disconnected.peer());
        hearsay.gone(disconnected.peer());
      }
      case NetworkEvent.Received(PublicKey peer, Lane _, nimble.p2p.Message message) -> {
        boolean isValidator = validators.contains(peer);
        boolean asked = message.kind() == Kind.BLOCKS && catchUp.awaits(peer);
        if (asked || (isValidator && !Pool.isGossip(message.kind()))) {
          received(peer, message);
        } else {
          hearsay.add(peer, message, isValidator);
        }
      }
      case NetworkEvent.Misbehaved _, NetworkEvent.Refused _ -> {}
    }
  }

  /// A new peer learns at once how far the chain is, and one that is an epoch behind too.
  private void tellTip(PublicKey peer) {
    chain.tipCertificate().ifPresent(certificate -> outbox.send(peer, Voting.message(certificate)));
  }

  /// Validators tell their followers what is final; a follower tells those that follow it (N4).
  private void passOn() {
    long tip = term.height();
    if (!term.epoch().votes() && tip > passedOn) {
      passedOn = tip;
      chain
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
          if (term.isValidator(peer)) {
            term.proposed(nowMillis, peer, Block.decode(message.payload()));
          }
        }
        case BLOCK_GET -> server.asked(peer, Get.decode(message), term.isValidator(peer));
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

  /// N6: who speaks of an epoch that is over is told how far the chain is; who speaks of a later
  /// one knows of blocks that are not here.
  private void consensus(PublicKey peer, Message message) {
    long running = term.epoch().number();
    if (message.epoch() < running) {
      if (!(message instanceof Certificate)) {
        tellTip(peer);
      }
    } else if (message.epoch() > running) {
      early.keep(peer, message);
      catchUp.told(nowMillis, peer, true);
    } else {
      Optional<Certificate> before = term.awaited();
      term.hear(nowMillis, peer, message);
      if (message instanceof Certificate && term.awaited().isPresent()) {
        catchUp.told(nowMillis, peer, !term.awaited().equals(before));
      }
    }
  }

  private void blocks(PublicKey peer, nimble.p2p.Message message) throws Malformed {
    Chunk chunk = Chunk.decode(message);
    if (payloadFetch.expects(peer, chunk)) {
      payloadFetch.answered(chunk).ifPresent(block -> term.block(nowMillis, block));
    } else {
      parts.store().defer();
      catchUp.heard(nowMillis, peer, message);
      parts.store().settle();
      unsettled.forEach(this::tell);
      unsettled.clear();
    }
  }

  /// Nobody hears of a block that a crash could take back.
  private void tell(ExecutedBlock block) {
    ChainReport.finalized(parts.reporter(), block);
    parts.listener().finalized(block.block());
  }

  private final class Host implements Term.Host {
    @Override
    public void finalized(ExecutedBlock block) {
      pool.finalized(nowMillis, block.block());
      if (parts.store().defers()) {
        unsettled.add(block);
      } else {
        tell(block);
      }
    }

    @Override
    public void convicted(Misconduct.Votes votes) {
      accuser.seen(votes);
    }

    /// N15.
    @Override
    public void lied(PublicKey peer) {
      parts.reporter().debug("certificate_false", "peer", peer);
      parts.penalties().penalize(peer, Penalty.LARGE, "a certificate that does not hold");
    }

    @Override
    public void lookAgain(long atMillis) {
      if (atMillis < dueMillis) {
        dueMillis = atMillis;
        later(atMillis - nowMillis, new Input.Due());
      }
    }
  }

  /// What catching up needs (N4).
  private final class Certified implements CatchUp.Host {
    @Override
    public long height() {
      return term.height();
    }

    @Override
    public boolean isFinal(Block block, Certificate certificate) {
      return term.isFinal(block, certificate);
    }

    @Override
    public void makeFinal(List<Block> blocks, Certificate certificate) {
      term.makeFinal(nowMillis, blocks, certificate);
      nextTerms();
    }
  }
}

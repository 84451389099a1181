package nimble.node.chain;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import nimble.chain.Block;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.consensus.Certificate;
import nimble.consensus.Effect;
import nimble.consensus.Engine;
import nimble.consensus.Input;
import nimble.consensus.Message;
import nimble.consensus.Misconduct;
import nimble.consensus.Proposal;
import nimble.consensus.SignedVote;
import nimble.consensus.Vote;
import nimble.consensus.VoteRecord;
import nimble.node.signing.SigningGuard;
import nimble.node.signing.SigningHistory;
import nimble.p2p.Kind;
import nimble.storage.LogEntry;
import nimble.storage.Place;
import nimble.storage.VoteLog;
import nimble.types.Hash;

/// Drives the consensus core: performs its effects in order, and feeds back what comes of them.
/// Whatever needs no waiting (signing, checking, executing what is here) is answered within the
/// turn.
final class Voting {
  /// What the core needs of the replica around it.
  interface Host {
    /// A block may be built on `parent` in `view`; answer [#built].
    void build(long view, Proposal parent);

    /// Whether executing it would not hold up everything else; a turn follows when it is.
    boolean isReady(Block block);

    void startTimer(Effect.StartTimer timer);

    void fetch(Hash digest, int validator);

    /// The block is final, and its way from the tip may or may not be here.
    void finalized(Certificate certificate);

    void sendTo(int peer, Message message);

    /// What was heard just now was not signed by those whom it names.
    void isFalse(Certificate certificate);

    /// Somebody broke the rules, provably.
    void convicted(Misconduct misconduct);
  }

  private record Pending(Proposal proposal, Proposal parent, boolean certify) {}

  static final int PENDING_MAX = 512;

  private final Epoch epoch;
  private final Engine engine;
  private final Ballots ballots;
  private final Optional<Voter> voter;
  private final BlockTree tree;
  private final Payloads payloads;
  private final Outbox outbox;
  private final Reporter reporter;
  private final Host host;
  private final ViewReport views;
  private final Deque<Input> inputs = new ArrayDeque<>();
  private final List<Pending> pending = new ArrayList<>();

  /// Letters in the outbox that nothing unsynced stands before; all of them when the log is synced.
  private OptionalInt free = OptionalInt.empty();

  /// @param voter nothing in an epoch in which this node does not vote
  Voting(
      Epoch epoch,
      Engine engine,
      Optional<Voter> voter,
      BlockTree tree,
      Payloads payloads,
      Outbox outbox,
      Reporter reporter,
      Host host) {
    this.epoch = epoch;
    this.engine = engine;
    this.ballots = epoch.ballots();
    this.voter = voter;
    this.tree = tree;
    this.payloads = payloads;
    this.outbox = outbox;
    this.reporter = reporter;
    this.host = host;
    this.views = new ViewReport(reporter, payloads);
  }

  /// Begins the epoch in the vote log: nothing of an earlier one is signed any more. Then replays
  /// it: votes into the core, bodies into memory.
  void start(long nowMillis, List<LogEntry> entries) {
    List<VoteRecord> records = new ArrayList<>();
    voter.ifPresent(it -> {
      it.log().raise(new Place(epoch.number(), 0));
      Place floor = it.log().floor();
      records.add(new VoteRecord.Floor(floor.epoch(), floor.view()));
    });
    for (LogEntry entry : entries) {
      try {
        switch (entry) {
          case LogEntry.Vote(Place _, Bytes record) ->
              records.add(Reader.decode(record, VoteRecord::read));
          case LogEntry.Floor(Place at) -> records.add(new VoteRecord.Floor(at.epoch(), at.view()));
          case LogEntry.Body(Place _, Hash _, Bytes body) -> payloads.add(Block.decode(body));
        }
      } catch (Malformed e) {
        throw new IllegalStateException("the vote log holds what was never written", e);
      }
    }
    voter.ifPresent(it -> agree(records, it.guard()));
    feed(nowMillis, new Input.Started(records));
  }

  /// Log and guard are written at the same time: a crash may leave a vote in either alone.
  private void agree(List<VoteRecord> records, SigningGuard guard) {
    guard.learn(signed(records));
    for (Vote vote : guard.history().votes()) {
      VoteRecord record = new VoteRecord.Voted(vote);
      if (vote.epoch() == epoch.number() && !records.contains(record)) {
        records.add(record);
      }
    }
  }

  private static SigningHistory signed(List<VoteRecord> records) {
    SigningHistory history = SigningHistory.NONE;
    for (VoteRecord record : records) {
      if (record instanceof VoteRecord.Voted(Vote vote)) {
        history = history.with(vote);
      }
    }
    return history;
  }

  /// Handles `input` and everything that follows from it at once.
  void feed(long nowMillis, Input input) {
    inputs.add(input);
    while (!inputs.isEmpty()) {
      for (Effect effect : engine.step(inputs.poll())) {
        perform(nowMillis, effect);
      }
    }
  }

  /// What waits for a block, a parent or the clock is tried again.
  void retry(long nowMillis) {
    List<Pending> waiting = List.copyOf(pending);
    pending.clear();
    for (Pending entry : waiting) {
      check(nowMillis, entry);
    }
    while (!inputs.isEmpty()) {
      feed(nowMillis, inputs.poll());
    }
  }

  /// Whether something waits that only the clock will make possible.
  boolean isWaiting() {
    return !pending.isEmpty();
  }

  /// Nothing below a final view is waited for.
  void prune(long finalizedView) {
    pending.removeIf(entry -> entry.proposal().view() <= finalizedView);
  }

  /// Ends a turn: what nothing protects leaves while the disk works, the rest once this turn's
  /// votes are durable.
  void sendAll() {
    if (free.isPresent()) {
      outbox.flush(free.getAsInt());
      voter.ifPresent(Voter::sync);
      free = OptionalInt.empty();
    }
    outbox.flush();
  }

  private void perform(long nowMillis, Effect effect) {
    switch (effect) {
      case Effect.Persist(VoteRecord record) -> persist(record);
      case Effect.Cast(Vote vote) -> cast(vote);
      case Effect.Broadcast(Message message) -> broadcast(message);
      case Effect.SendTo(int peer, Message message) -> host.sendTo(peer, message);
      case Effect.Publish(Proposal proposal) -> publish(proposal);
      case Effect.Build(long view, Proposal parent) -> host.build(view, parent);
      case Effect.VerifyPayload(Proposal proposal, Proposal parent) -> {
        // A leader's block travels ahead of its vote: what is not here now was lost, or refused.
        fetch(proposal, epoch.committee().leaderOf(proposal.view()));
        check(nowMillis, new Pending(proposal, parent, false));
      }
      case Effect.Certify(Proposal proposal, Proposal parent) ->
          check(nowMillis, new Pending(proposal, parent, true));
      case Effect.FetchPayload(Proposal proposal, int peer) -> fetch(proposal, peer);
      case Effect.CheckVote(SignedVote vote) ->
          inputs.add(new Input.VoteChecked(vote, isValid(vote)));
      case Effect.CheckVotes(Vote vote, Optional<Certificate> base, List<SignedVote> votes) -> {
        Ballots.Tally tally = ballots.tally(vote, base, votes);
        inputs.add(new Input.VotesChecked(vote, tally.sum(), tally.bad()));
      }
      case Effect.CheckEvidence(SignedVote first, SignedVote second) ->
          inputs.add(
              new Input.EvidenceChecked(
                  first, second, ballots.isValid(first) && ballots.isValid(second)));
      case Effect.CheckCertificate(Certificate certificate) -> check(certificate);
      case Effect.StartTimer timer -> host.startTimer(timer);
      case Effect.Finalized(List<Proposal> _, Certificate certificate) ->
          host.finalized(certificate);
      case Effect.Evidence(Misconduct misconduct) -> host.convicted(misconduct);
      case Effect.Report(Effect.Notice notice) -> views.noticed(nowMillis, notice);
      case Effect.Stop(String reason) -> Invariant.check(false, "consensus stopped: %s", reason);
    }
  }

  private void fetch(Proposal proposal, int peer) {
    if (!payloads.has(proposal.digest()) && !tree.has(proposal.digest())) {
      host.fetch(proposal.digest(), peer);
    }
  }

  private boolean isValid(SignedVote vote) {
    return vote.vote()
        .choice()
        .flatMap(proposal -> payloads.get(proposal.digest()))
        .map(block -> ballots.isValid(vote, block.header()))
        .orElseGet(() -> ballots.isValid(vote));
  }

  private void check(Certificate certificate) {
    boolean valid = ballots.isValid(certificate);
    if (!valid) {
      host.isFalse(certificate);
    }
    inputs.add(new Input.CertificateChecked(certificate, valid));
  }

  /// Own votes must be durable before they leave. Certificates and floors are logged too, and
  /// become durable with the next vote: what is forgotten of them in a crash, others tell again.
  private void persist(VoteRecord record) {
    if (voter.isEmpty()) {
      return;
    }
    VoteLog log = voter.get().log();
    Place at = new Place(record.epoch(), record.view());
    if (record instanceof VoteRecord.Floor) {
      log.raise(at);
    } else if (!at.isBelow(log.floor())) {
      log.append(at, Writer.encode(record::write));
    }
    if (record instanceof VoteRecord.Voted) {
      protect();
    }
  }

  private void protect() {
    if (free.isEmpty()) {
      free = OptionalInt.of(outbox.size());
    }
  }

  private void cast(Vote vote) {
    Voter self = voter.orElseThrow(() -> new IllegalStateException("an observer was told to vote"));
    switch (self.guard().sign(vote)) {
      case SIGN -> {
        if (self.guard().hasUnsynced()) {
          protect();
        }
        send(self, vote);
      }
      case STALE -> reporter.debug("vote_stale", "vote", vote);
      case CONFLICT ->
          reporter.warn("vote_refused", "vote", vote, "signed", self.guard().history().votes());
    }
  }

  private void send(Voter self, Vote vote) {
    SignedVote signed = ballots.sign(epoch.committee().self(), vote, self.key());
    inputs.add(new Input.Voted(signed));
    outbox.sendToValidators(message(signed));
  }

  private void broadcast(Message message) {
    if (voter.isEmpty()) {
      return;
    }
    outbox.sendToValidators(message(message));
    if (message instanceof Certificate certificate
        && certificate.vote().kind() == Vote.Kind.FINALIZE) {
      outbox.sendToFollowers(message(message));
    }
  }

  private void publish(Proposal proposal) {
    Block block =
        payloads
            .get(proposal.digest())
            .orElseThrow(() -> new IllegalStateException("published block is missing"));
    outbox.sendToValidators(new nimble.p2p.Message(Kind.PROPOSAL, block.encode()));
  }

  static nimble.p2p.Message message(Message message) {
    Kind kind = message instanceof Certificate ? Kind.CERTIFICATE : Kind.VOTE;
    return new nimble.p2p.Message(kind, Writer.encode(message::writeTagged));
  }

  private void check(long nowMillis, Pending entry) {
    Proposal proposal = entry.proposal();
    Optional<Block> block =
        tree.executed(proposal.digest())
            .map(ExecutedBlock::block)
            .or(() -> payloads.get(proposal.digest()));
    if (block.isEmpty()) {
      wait(entry);
      return;
    }
    if (!tree.has(proposal.digest()) && !host.isReady(block.get())) {
      wait(entry);
      return;
    }
    Verdict verdict = verdict(nowMillis, entry, block.get());
    switch (verdict) {
      case Verdict.NotYet _ -> wait(entry);
      case Verdict.Valid _ when entry.certify() -> {
        if (!isAgain(entry, block.get())) {
          appendBody(proposal, block.get());
        }
        boolean last = epoch.rules().isLast(block.get().header());
        inputs.add(new Input.PayloadCertified(proposal, last));
      }
      case Verdict.Valid _ -> inputs.add(new Input.PayloadVerified(proposal, true));
      case Verdict.Invalid(String reason) -> {
        // Rule 3: over a third of honest weight has verified it, so the fault is ours.
        Invariant.check(!entry.certify(), "notarized block %s: %s", proposal, reason);
        reporter.warn("proposal_refused", "proposal", proposal, "reason", reason);
        inputs.add(new Input.PayloadVerified(proposal, false));
      }
    }
  }

  private Verdict verdict(long nowMillis, Pending entry, Block block) {
    boolean named =
        block.header().view() == entry.proposal().view()
            && block.header().parent().equals(entry.parent().digest());
    if (!named && !isAgain(entry, block)) {
      return new Verdict.Invalid("its header names another view or parent than its proposal");
    }
    // Rule of time: a clock may delay verification, never certification.
    return tree.check(block, entry.certify() ? Long.MAX_VALUE / 2 : nowMillis);
  }

  /// N5: the last block of the epoch, in another view than its own.
  private boolean isAgain(Pending entry, Block block) {
    return entry.proposal().digest().equals(entry.parent().digest())
        && epoch.rules().isLast(block.header());
  }

  private void wait(Pending entry) {
    if (pending.size() < PENDING_MAX) {
      pending.add(entry);
    }
  }

  private void appendBody(Proposal proposal, Block block) {
    voter.ifPresent(it -> {
      it.log()
          .appendBody(
              new Place(proposal.epoch(), proposal.view()), proposal.digest(), block.encode());
      protect();
    });
  }
}

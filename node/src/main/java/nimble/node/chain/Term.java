package nimble.node.chain;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.chain.Block;
import nimble.chain.Header;
import nimble.check.Invariant;
import nimble.codec.Writer;
import nimble.consensus.Certificate;
import nimble.consensus.Effect;
import nimble.consensus.Engine;
import nimble.consensus.Input;
import nimble.consensus.Message;
import nimble.consensus.Misconduct;
import nimble.consensus.Proposal;
import nimble.consensus.Request;
import nimble.consensus.SignedVote;
import nimble.consensus.Vote;
import nimble.p2p.Bounded;
import nimble.storage.LogEntry;
import nimble.storage.Retention;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// This node's part in one epoch: what it votes on, executes and makes final, until the epoch's
/// last block is final (N5).
final class Term {
  /// What it shares with the terms before and after.
  record Parts(
      ChainStore store,
      Payloads payloads,
      Outbox outbox,
      Pool pool,
      PayloadFetch fetch,
      ViewTimers timers,
      Reporter reporter,
      Retention retention) {}

  /// What it needs of the replica around it.
  interface Host {
    void finalized(ExecutedBlock block);

    /// Somebody voted twice (N8).
    void convicted(Misconduct.Votes votes);

    /// It sent a certificate that does not hold (N15).
    void lied(PublicKey peer);

    /// A block may be due at this time.
    void lookAgain(long atMillis);
  }

  /// A stranger among them is sent away as well: more are not remembered than can come in a while.
  private static final int LIARS_MAX = 1_024;

  private final Epoch epoch;
  private final Parts parts;
  private final Host host;
  private final BlockTree tree;
  private final Engine engine;
  private final Voting voting;
  private final Proposer proposer;
  private final PeerNumbers numbers;
  private final Bounded<PublicKey> liars = new Bounded<>(LIARS_MAX);
  private Optional<Certificate> awaited = Optional.empty();
  private boolean isFalse;
  private long nowMillis;

  Term(Epoch epoch, Optional<Voter> voter, Parts parts, Host host) {
    this.epoch = epoch;
    this.parts = parts;
    this.host = host;
    this.tree = new BlockTree(epoch.rules(), parts.store());
    this.numbers = new PeerNumbers(epoch.hotKeys());
    this.engine = epoch.engine();
    Optional<Voter> votes = voter.filter(_ -> epoch.votes());
    this.voting =
        new Voting(
            epoch,
            engine,
            votes,
            tree,
            parts.payloads(),
            parts.outbox(),
            parts.reporter(),
            new Performer());
    this.proposer =
        new Proposer(
            epoch, votes, tree, parts.payloads(), parts.pool(), engine::view, this::finalizeVotes);
  }

  Epoch epoch() {
    return epoch;
  }

  long height() {
    return tree.tip().height().value();
  }

  /// The epoch's last block is final: the next term's turn.
  boolean isOver() {
    return tree.isComplete();
  }

  ConsensusDump dump() {
    return ConsensusDump.of(engine, tree, parts.timers().running());
  }

  boolean isValidator(PublicKey peer) {
    return numbers.isValidator(peer);
  }

  /// A block is known to be final that is not here.
  Optional<Certificate> awaited() {
    return awaited;
  }

  void start(long now, List<LogEntry> entries) {
    nowMillis = now;
    parts.payloads().dropBefore(epoch.number());
    voting.start(now, entries);
    parts.store().chain().tipCertificate().ifPresent(it -> certificate(now, it));
  }

  void fired(long now, Replica.Input.TimerFired timer) {
    nowMillis = now;
    if (parts.timers().fired(timer)) {
      voting.feed(now, new Input.TimerFired(timer.view(), timer.kind()));
    }
  }

  /// A message of this epoch.
  void hear(long now, PublicKey peer, Message message) {
    nowMillis = now;
    switch (message) {
      case SignedVote vote -> {
        // The connection proves who speaks: only the signer itself sends its vote.
        if (numbers.is(peer, vote.signer())) {
          ChainReport.received(parts.reporter(), vote);
          voting.feed(now, new Input.Voted(vote));
        }
      }
      case Certificate certificate -> certificate(now, peer, certificate);
      case Request request -> voting.feed(now, new Input.Requested(numbers.of(peer), request));
    }
  }

  /// N15.
  private void certificate(long now, PublicKey peer, Certificate certificate) {
    if (liars.contains(peer)) {
      return;
    }
    isFalse = false;
    certificate(now, certificate);
    if (isFalse) {
      liars.add(peer);
      host.lied(peer);
    }
  }

  private void certificate(long now, Certificate certificate) {
    voting.feed(now, new Input.CertificateSeen(certificate));
  }

  /// N11.
  void proposed(long now, PublicKey peer, Block block) {
    long view = block.header().view();
    boolean due = view == engine.view() || view == engine.view() + 1;
    if (due
        && block.header().epoch() == epoch.number()
        && numbers.is(peer, epoch.committee().leaderOf(view))
        && !parts.payloads().hasOf(view)) {
      block(now, block);
    }
  }

  /// A block that was asked for, or one that may be kept unasked.
  void block(long now, Block block) {
    nowMillis = now;
    if (block.header().height().value() > height()) {
      parts.payloads().add(block);
      awaited.ifPresent(this::finalizeThrough);
    }
  }

  /// What waits is tried again, and a block is proposed if one is due.
  void pursue(long now) {
    nowMillis = now;
    voting.retry(now);
    proposer
        .propose(now)
        .ifPresent(outcome -> {
          switch (outcome) {
            case Proposer.Outcome.Later(long millis) -> host.lookAgain(now + millis);
            case Proposer.Outcome.Ready(Input.Built built) -> voting.feed(now, built);
          }
        });
  }

  private List<Certificate> finalizeVotes(int checked) {
    voting.feed(nowMillis, new Input.VotesWanted(checked));
    return engine.finalizeVotes();
  }

  /// Ends a turn, or the term (O2).
  void sendAll() {
    voting.sendAll();
  }

  /// Whether `certificate` makes `block` final (N4).
  boolean isFinal(Block block, Certificate certificate) {
    return certificate.vote() instanceof Vote.Finalize(Proposal proposal)
        && proposal.epoch() == epoch.number()
        && proposal.digest().equals(block.digest())
        && epoch.committee().isQuorum(certificate.signers())
        && epoch.ballots().isValid(certificate);
  }

  /// Makes blocks final that `certificate` covers, the child of the newest final one first.
  void makeFinal(long now, List<Block> blocks, Certificate certificate) {
    nowMillis = now;
    for (Block block : blocks) {
      switch (tree.check(block, Long.MAX_VALUE / 2)) {
        case Verdict.Valid(ExecutedBlock executed) -> makeFinal(executed, certificate);
        case Verdict.Invalid(String reason) ->
            Invariant.check(false, "final block %s: %s", block.digest(), reason);
        case Verdict.NotYet(String reason) ->
            Invariant.check(false, "final block %s: %s", block.digest(), reason);
      }
    }
    certificate(now, certificate);
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

  /// Executes what is here of the way to `digest`.
  private void execute(Hash digest) {
    List<Block> way = new ArrayList<>();
    Hash at = digest;
    while (!tree.has(at)) {
      Optional<Block> block = parts.payloads().get(at);
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

  private void makeFinal(ExecutedBlock block, Certificate certificate) {
    boolean last =
        certificate.vote().choice().filter(it -> it.digest().equals(block.digest())).isPresent();
    tree.finalizeBlock(
        block,
        last ? Optional.of(Writer.encode(certificate::write)) : Optional.empty(),
        parts.retention());
    Header header = block.header();
    parts.payloads().pruneTo(block.height());
    voting.prune(header.view());
    parts.timers().pruneTo(header.view());
    host.finalized(block);
    awaited = awaited.filter(it -> it.vote().view() > header.view());
  }

  private final class Performer implements Voting.Host {
    @Override
    public void build(long view, Proposal parent) {
      proposer.due(nowMillis, view, parent);
    }

    @Override
    public boolean isReady(Block block) {
      return parts.pool().isReady(block);
    }

    @Override
    public void startTimer(Effect.StartTimer timer) {
      parts.timers().start(timer);
    }

    @Override
    public void isFalse(Certificate certificate) {
      isFalse = true;
    }

    @Override
    public void fetch(Hash digest, int validator) {
      parts.fetch().ask(epoch.hotKeys().get(validator), digest);
    }

    @Override
    public void finalized(Certificate certificate) {
      finalizeThrough(certificate);
    }

    /// N8.
    @Override
    public void convicted(Misconduct misconduct) {
      parts
          .reporter()
          .warn(
              "misconduct",
              "epoch",
              epoch.number(),
              "culprits",
              misconduct.culprits().indexes().stream()
                  .map(index -> epoch.set().get(index).account())
                  .toList(),
              "evidence",
              misconduct);
      if (misconduct instanceof Misconduct.Votes votes) {
        host.convicted(votes);
      }
    }

    @Override
    public void sendTo(int peer, Message message) {
      parts.outbox().send(numbers.peer(peer), Voting.message(message));
    }
  }
}

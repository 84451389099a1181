package nimble.node.chain;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import nimble.chain.Block;
import nimble.chain.Block.Body;
import nimble.chain.Header;
import nimble.chain.ValidatorSet;
import nimble.codec.Bytes;
import nimble.codec.Writer;
import nimble.consensus.Certificate;
import nimble.consensus.Input.Built;
import nimble.consensus.Proposal;
import nimble.ledger.BlockBuilder;
import nimble.ledger.BlockContext;
import nimble.ledger.Execution.Executed;
import nimble.storage.Change;
import nimble.types.Hash;
import nimble.types.Height;
import nimble.types.Moment;
import nimble.types.VoteSignature;

/// Builds this node's blocks: as soon as there is a transaction to put in, a little later for work
/// calls alone, else an empty one after the idle time.
final class Proposer {
  sealed interface Outcome {
    /// Look again after this time.
    record Later(long millis) implements Outcome {}

    /// For the consensus core.
    record Ready(Built built) implements Outcome {}
  }

  /// Votes on so many views stand in one block of ours; each costs every validator a pairing check,
  /// a millisecond of each transaction's way. So an idle block carries them, and of busy ones only
  /// every eighth.
  private static final int VOTES = 2;

  private static final int VOTES_EVERY = 8;

  /// Work calls alone wait so long for company: no person waits for them, they come in flocks, and
  /// a block costs every node the same however little is in it.
  private static final long WORK_MILLIS = 300;

  /// Where a block's finalize votes come from.
  interface FinalizeVotes {
    /// On the newest final proposals, oldest first; late ones too for the newest `checked`.
    List<Certificate> votes(int checked);
  }

  private record Due(long view, Proposal parent, long sinceMillis) {}

  private final Epoch epoch;
  private final Optional<Voter> voter;
  private final BlockTree tree;
  private final Payloads payloads;
  private final Pool pool;
  private final LongSupplier view;
  private final FinalizeVotes finalizeVotes;
  private Optional<Due> due = Optional.empty();

  /// @param view the current one
  Proposer(
      Epoch epoch,
      Optional<Voter> voter,
      BlockTree tree,
      Payloads payloads,
      Pool pool,
      LongSupplier view,
      FinalizeVotes finalizeVotes) {
    this.epoch = epoch;
    this.voter = voter;
    this.tree = tree;
    this.payloads = payloads;
    this.pool = pool;
    this.view = view;
    this.finalizeVotes = finalizeVotes;
  }

  void due(long nowMillis, long view, Proposal parent) {
    due = Optional.of(new Due(view, parent, nowMillis));
  }

  /// Builds when it is time; nothing when no block is due.
  Optional<Outcome> propose(long nowMillis) {
    if (due.isEmpty() || voter.isEmpty()) {
      return Optional.empty();
    }
    Due at = due.get();
    if (at.view() < view.getAsLong()) {
      due = Optional.empty();
      return Optional.empty();
    }
    Optional<Header> parent = tree.header(at.parent().digest());
    if (parent.isEmpty()) {
      return Optional.of(new Outcome.Later(epoch.law().parameters().consensus().minBlockMillis()));
    }
    long earliest = epoch.rules().earliest(parent.get());
    if (nowMillis < earliest) {
      return Optional.of(new Outcome.Later(earliest - nowMillis));
    }
    long idleUntil = at.sinceMillis() + epoch.law().parameters().consensus().idleMillis();
    long until =
        pool.isEmpty()
            ? idleUntil
            : pool.hasTransactions()
                ? nowMillis
                : Math.min(idleUntil, at.sinceMillis() + WORK_MILLIS);
    if (nowMillis < until) {
      return Optional.of(new Outcome.Later(until - nowMillis));
    }
    return build(nowMillis, at, parent.get(), nowMillis >= idleUntil);
  }

  private Optional<Outcome> build(long nowMillis, Due at, Header parent, boolean mayBeEmpty) {
    int self = epoch.committee().self();
    VoteSignature sigma =
        epoch.ballots().signBeacon(epoch.committee().epoch(), at.view(), voter.get().key());
    Hash beacon = Header.nextBeacon(parent.beacon(), sigma);
    Height height = parent.height().next();
    long time = Math.max(nowMillis, epoch.rules().earliest(parent));
    List<Bytes> votes =
        mayBeEmpty || at.view() % VOTES_EVERY == 0 ? votes(at.parent().digest()) : List.of();
    BlockContext context =
        epoch.rules().context(new Moment(time, height.value()), self, beacon, votes);
    BlockBuilder.Built built = pool.build(tree.state(at.parent().digest()), context, votes);
    Body body = built.body();
    if (body.workCalls().isEmpty() && body.transactions().isEmpty() && !mayBeEmpty) {
      long idleUntil = at.sinceMillis() + epoch.law().parameters().consensus().idleMillis();
      return Optional.of(new Outcome.Later(idleUntil - nowMillis));
    }
    due = Optional.empty();
    Executed executed = built.executed();
    Change change = tree.change(at.parent().digest(), height.value(), executed);
    Optional<ValidatorSet> next = epoch.rules().nextSet(tree.after(at.parent().digest(), executed));
    Header header =
        new Header(
            epoch.law().chain(),
            epoch.committee().epoch(),
            at.view(),
            height,
            at.parent().digest(),
            time,
            self,
            sigma,
            beacon,
            body.txRoot(),
            change.root().hash(),
            executed.receiptsRoot(),
            body.votesRoot(),
            epoch.set().hash(),
            next.map(ValidatorSet::hash));
    Block block = new Block(header, body);
    payloads.add(block);
    tree.add(new ExecutedBlock(block, header.digest(), executed, change, next));
    return Optional.of(new Outcome.Ready(new Built(at.view(), Optional.of(header.digest()))));
  }

  /// Newest first; what the parent already carries is not carried again.
  private List<Bytes> votes(Hash parent) {
    List<Bytes> known =
        tree.executed(parent).map(it -> it.block().body().votes()).orElse(List.of());
    List<Certificate> newestFirst = new ArrayList<>(finalizeVotes.votes(VOTES));
    Collections.reverse(newestFirst);
    return newestFirst.stream()
        .map(certificate -> Writer.encode(certificate::write))
        .filter(bytes -> !known.contains(bytes))
        .limit(VOTES)
        .toList();
  }
}

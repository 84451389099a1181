package nimble.node.chain;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import nimble.chain.SignedWorkCall;
import nimble.chain.WorkCall;
import nimble.chain.WorkCall.DoubleVote;
import nimble.codec.Bytes;
import nimble.codec.Writer;
import nimble.consensus.Misconduct;
import nimble.consensus.SignedVote;
import nimble.ledger.Finding;
import nimble.ledger.Finding.Charge;
import nimble.ledger.Finding.Dismissal;
import nimble.ledger.StateView;
import nimble.ledger.Validators;
import nimble.types.Address;
import nimble.types.Moment;

/// Brings double votes that this node has seen before the ledger, and forgets those that nobody
/// would be punished for any more (N8).
final class Accuser {
  private final Law law;
  private final ChainStore store;
  private final Reporter reporter;
  private final Function<WorkCall, SignedWorkCall> signer;
  private final List<Misconduct.Votes> open;

  /// @param signer with this node's hot key
  Accuser(Law law, ChainStore store, Reporter reporter, Function<WorkCall, SignedWorkCall> signer) {
    this.law = law;
    this.store = store;
    this.reporter = reporter;
    this.signer = signer;
    this.open = new ArrayList<>(store.chain().evidence(FinalizedChain.EVIDENCE_MAX));
  }

  /// Both votes are known to be the culprit's.
  void seen(Misconduct.Votes votes) {
    if (open.size() < FinalizedChain.EVIDENCE_MAX
        && judge(votes) instanceof Charge
        && store.keepEvidence(votes)) {
      open.add(votes);
    }
  }

  /// What this node has to say now: nothing while it does not vote.
  List<SignedWorkCall> reports() {
    if (open.isEmpty()) {
      return List.of();
    }
    Optional<Address> self = self();
    List<SignedWorkCall> reports = new ArrayList<>();
    for (Misconduct.Votes votes : List.copyOf(open)) {
      switch (judge(votes)) {
        case Dismissal(String reason) -> forget(votes, reason);
        case Charge charge ->
            self.ifPresent(it -> reports.add(signer.apply(report(it, charge, votes))));
      }
    }
    return reports;
  }

  /// Whether somebody else's report is true, and worth passing on.
  Finding judge(DoubleVote report) {
    return judge(report.first(), report.second());
  }

  private Optional<Address> self() {
    StateView state = store.state();
    return Validators.byHotKey(state, law.self()).filter(it -> Validators.stake(state, it) > 0);
  }

  private static DoubleVote report(Address self, Charge charge, Misconduct.Votes votes) {
    return new DoubleVote(self, charge.culprit(), encode(votes.first()), encode(votes.second()));
  }

  private void forget(Misconduct.Votes votes, String reason) {
    reporter.info(
        "evidence_settled",
        "epoch",
        votes.first().epoch(),
        "signer",
        votes.first().signer(),
        "reason",
        reason);
    open.remove(votes);
    store.dropEvidence(votes);
  }

  private Finding judge(Misconduct.Votes votes) {
    return judge(encode(votes.first()), encode(votes.second()));
  }

  private Finding judge(Bytes first, Bytes second) {
    Moment now = store.chain().tip().moment();
    return law.ledger().judge(store.state(), law.chain(), law.parameters(), now, first, second);
  }

  private static Bytes encode(SignedVote vote) {
    return Writer.encode(vote::write);
  }
}

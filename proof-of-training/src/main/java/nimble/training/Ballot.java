package nimble.training;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import nimble.chain.Verdict;
import nimble.ledger.StateView;
import nimble.ledger.Validators;
import nimble.training.Audit.Vote;
import nimble.types.Address;
import nimble.types.Hash;

/// What the votes on an audit come to, by stake (J18). Bits decide pay, size decides guilt: what is
/// beyond the tolerance every class can see, which bits are right only the miner's own.
///
/// @param all stake that could vote
/// @param upheld in any class
/// @param deviates in any class
/// @param rejected in any class
/// @param classUpheld among who showed the miner's class for its stage
/// @param classOther of the same, whatever else they found
/// @param withheld of what is rejected, that finds the data not to be there (J33)
/// @param accused whether anybody says that it is false: a vote or a seat
record Ballot(
    long all,
    long upheld,
    long deviates,
    long rejected,
    long classUpheld,
    long classOther,
    long withheld,
    boolean accused) {
  /// What follows.
  enum Decision {
    GUILTY,
    /// Guilty of hiding what it did: there is nothing to dispute.
    WITHHELD,
    UPHELD,
    /// Other bits, no other size.
    DEVIATED,
    /// Those that can run the program are too few to convict or to acquit.
    TOO_FEW,
    UNDECIDED
  }

  /// @param numericClass that the miner claims
  static Ballot of(StateView state, Audit audit, Hash numericClass) {
    List<Address> alike =
        Jobs.auditors(state, audit.slot()).stream()
            .filter(auditor -> auditor.numericClass().equals(Optional.of(numericClass)))
            .map(Auditor::account)
            .toList();
    Predicate<Vote> inClass = vote -> alike.contains(vote.validator());
    Predicate<Vote> upheld = vote -> vote.verdict() == Verdict.UPHELD;
    boolean accused =
        Stream.concat(
                audit.votes().stream().map(Vote::verdict),
                audit.heard().stream()
                    .flatMap(seat -> seat.reveal().stream())
                    .map(AuditSeat.Reveal::verdict))
            .anyMatch(verdict -> verdict == Verdict.REJECTED);
    return new Ballot(
        Validators.totalStake(state),
        stake(state, audit, upheld),
        stake(state, audit, vote -> vote.verdict() == Verdict.DEVIATES),
        stake(state, audit, vote -> vote.verdict() == Verdict.REJECTED),
        stake(state, audit, inClass.and(upheld)),
        stake(state, audit, inClass.and(upheld.negate())),
        stake(
            state,
            audit,
            vote ->
                vote.verdict() == Verdict.REJECTED
                    && audit.bundle().isPresent()
                    && vote.answer().equals(audit.withheld())),
        accused);
  }

  /// Whether those of the auditor's own class that voted have, by stake, another answer than it
  /// revealed: then it did not compute it. Within a class the answer is one, to the bit.
  static boolean refutes(StateView state, Audit audit, AuditSeat seat) {
    List<Auditor> auditors = Jobs.auditors(state, audit.slot());
    Optional<Hash> own =
        auditors.stream()
            .filter(auditor -> auditor.account().equals(seat.auditor()))
            .findFirst()
            .flatMap(Auditor::numericClass);
    Predicate<Vote> alike =
        vote ->
            !vote.validator().equals(seat.auditor())
                && auditors.stream()
                    .anyMatch(auditor ->
                        auditor.account().equals(vote.validator())
                            && auditor.numericClass().equals(own));
    Optional<Hash> answer = seat.reveal().map(AuditSeat.Reveal::answer);
    Predicate<Vote> same = vote -> answer.equals(Optional.of(vote.answer()));
    return own.isPresent()
        && answer.isPresent()
        && stake(state, audit, alike.and(same)) < stake(state, audit, alike.and(same.negate()));
  }

  private static long stake(StateView state, Audit audit, Predicate<Vote> which) {
    return audit.votes().stream()
        .filter(which)
        .mapToLong(vote -> Validators.stake(state, vote.validator()))
        .sum();
  }

  long answered() {
    return upheld + deviates + rejected;
  }

  Decision decision() {
    if (3 * rejected > all && 3 * rejected > 2 * answered()) {
      return 2 * withheld > rejected ? Decision.WITHHELD : Decision.GUILTY;
    }
    if (3 * answered() <= all) {
      return Decision.TOO_FEW;
    }
    if (2 * rejected >= answered()) {
      return Decision.UNDECIDED;
    }
    if (classOther > classUpheld) {
      return Decision.DEVIATED;
    }
    return 2 * upheld > answered() ? Decision.UPHELD : Decision.UNDECIDED;
  }
}

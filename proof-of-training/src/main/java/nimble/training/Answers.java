package nimble.training;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import nimble.chain.AuditCall.AuditReveal;
import nimble.chain.Verdict;
import nimble.ledger.StateView;
import nimble.training.AuditSeat.Reveal;
import nimble.training.spec.Limits;
import nimble.types.Hash;
import nimble.vm.audit.Projection;
import nimble.vm.audit.Tolerance;

/// What auditors' answers prove: that they computed the same (J17). Within a class that is one
/// hash; across classes their projections must be as near as the network says.
final class Answers {
  /// What those that revealed say together.
  enum Said {
    NOTHING,
    /// One alone.
    UPHELD_ONCE,
    UPHELD,
    /// Two of the miner's class; to others it is equal.
    DEVIATES,
    /// Anything else.
    DIFFERENT
  }

  private Answers() {}

  static Optional<Projection> projection(AuditReveal call) {
    return call.projection().size() == 0
        ? Optional.empty()
        : Optional.of(new Projection(call.projection()));
  }

  /// A projection where the audit is heard across classes, and only there.
  static boolean hasForm(StateView state, AuditReveal call) {
    return Jobs.audit(state, call.audit())
        .filter(audit -> Auditors.isMixed(state, audit) == projection(call).isPresent())
        .isPresent();
  }

  /// @param claimed the miner's class
  static Said of(StateView state, Audit audit, Hash claimed, Tolerance tolerance) {
    List<AuditSeat> said = audit.revealed();
    if (said.isEmpty()) {
      return Said.NOTHING;
    }
    if (!agree(state, audit, said, tolerance)) {
      return Said.DIFFERENT;
    }
    Predicate<AuditSeat> inClass =
        seat -> Auditors.classOf(state, audit.slot(), seat.auditor()).equals(Optional.of(claimed));
    List<Verdict> alike = verdicts(said.stream().filter(inClass));
    List<Verdict> others = verdicts(said.stream().filter(inClass.negate()));
    if (others.stream().anyMatch(verdict -> verdict != Verdict.UPHELD)) {
      return Said.DIFFERENT;
    }
    if (alike.stream().allMatch(verdict -> verdict == Verdict.UPHELD)) {
      return said.size() < Limits.AUDITORS_PER_AUDIT ? Said.UPHELD_ONCE : Said.UPHELD;
    }
    boolean deviates =
        alike.size() >= Limits.AUDITORS_PER_AUDIT
            && alike.stream().allMatch(verdict -> verdict == Verdict.DEVIATES);
    return deviates ? Said.DEVIATES : Said.DIFFERENT;
  }

  private static List<Verdict> verdicts(Stream<AuditSeat> seats) {
    return seats.map(seat -> seat.reveal().orElseThrow().verdict()).toList();
  }

  /// Whether all of them give one answer.
  private static boolean agree(
      StateView state, Audit audit, List<AuditSeat> said, Tolerance tolerance) {
    for (AuditSeat one : said) {
      for (AuditSeat other : said) {
        if (!agree(state, audit, one, other, tolerance)) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean agree(
      StateView state, Audit audit, AuditSeat one, AuditSeat other, Tolerance tolerance) {
    Reveal ours = one.reveal().orElseThrow();
    Reveal theirs = other.reveal().orElseThrow();
    Optional<Hash> ourClass = Auditors.classOf(state, audit.slot(), one.auditor());
    if (ourClass.equals(Auditors.classOf(state, audit.slot(), other.auditor()))) {
      return ours.answer().equals(theirs.answer());
    }
    return ours.projection().isPresent()
        && theirs.projection().isPresent()
        && ours.projection().get().isNear(theirs.projection().get(), tolerance.weightGradient());
  }
}

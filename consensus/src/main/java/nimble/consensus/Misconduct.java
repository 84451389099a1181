package nimble.consensus;

import java.util.List;
import nimble.check.Invariant;

/// Proof that someone broke the rules; both halves are verified.
public sealed interface Misconduct {
  SignerSet culprits();

  /// One validator signed two votes that exclude each other.
  record Votes(SignedVote first, SignedVote second) implements Misconduct {
    public Votes {
      Invariant.check(
          first.signer() == second.signer() && conflict(first.vote(), second.vote()),
          "%s and %s do not conflict",
          first,
          second);
    }

    @Override
    public SignerSet culprits() {
      return SignerSet.of(List.of(first.signer()));
    }
  }

  /// Two quorums that exclude each other: who signed both is to blame. More than a third of the
  /// weight is, and agreement is lost.
  record Certificates(Certificate first, Certificate second) implements Misconduct {
    @Override
    public SignerSet culprits() {
      return first.signers().intersection(second.signers());
    }
  }

  /// Whether no honest validator signs both. Nullify after notarize is legal, whatever the order in
  /// which they arrive.
  static boolean conflict(Vote a, Vote b) {
    if (a.epoch() != b.epoch() || a.view() != b.view() || a.equals(b)) {
      return false;
    }
    return a.kind() == b.kind() || isFinalizeAndNullify(a, b) || isFinalizeAndNullify(b, a);
  }

  private static boolean isFinalizeAndNullify(Vote a, Vote b) {
    return a.kind() == Vote.Kind.FINALIZE && b.kind() == Vote.Kind.NULLIFY;
  }
}

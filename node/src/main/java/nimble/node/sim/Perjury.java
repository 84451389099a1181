package nimble.node.sim;

import nimble.codec.Bytes;
import nimble.consensus.Proposal;
import nimble.consensus.Vote;
import nimble.crypto.Hashing;
import nimble.types.Hash;

/// What a validator says besides the truth.
public enum Perjury {
  /// It notarizes two proposals in one view.
  NOTARIZES_TWICE,
  /// It finalizes two proposals in one view.
  FINALIZES_TWICE,
  /// It nullifies a view that it finalizes.
  NULLIFIES_TOO;

  /// Whether this vote gives occasion to it.
  boolean begins(Vote vote) {
    return vote.kind() == (this == NOTARIZES_TWICE ? Vote.Kind.NOTARIZE : Vote.Kind.FINALIZE);
  }

  /// What contradicts `vote`.
  Vote contradiction(Vote vote) {
    Proposal truth = vote.choice().orElseThrow();
    return switch (this) {
      case NOTARIZES_TWICE -> new Vote.Notarize(other(truth));
      case FINALIZES_TWICE -> new Vote.Finalize(other(truth));
      case NULLIFIES_TOO -> new Vote.Nullify(vote.epoch(), vote.view());
    };
  }

  /// A proposal that nobody made.
  private static Proposal other(Proposal truth) {
    Hash nothing = Hashing.of("perjury", Bytes.ofU64(truth.view()), truth.digest().bytes());
    return new Proposal(truth.epoch(), truth.view(), truth.parentView(), nothing);
  }
}

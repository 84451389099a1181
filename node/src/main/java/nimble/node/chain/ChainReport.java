package nimble.node.chain;

import nimble.consensus.SignedVote;
import nimble.consensus.Vote;

/// What comes and what becomes final, in the operator's log.
final class ChainReport {
  private ChainReport() {}

  /// Others' logs are how it is known after a crash what a node had sent.
  static void received(Reporter reporter, SignedVote signed) {
    Vote vote = signed.vote();
    reporter.debug(
        "vote_received",
        "signer",
        signed.signer(),
        "kind",
        vote.kind(),
        "epoch",
        vote.epoch(),
        "view",
        vote.view(),
        "digest",
        vote.choice().map(choice -> choice.digest().toString()).orElse("-"));
  }

  static void finalized(Reporter reporter, ExecutedBlock block) {
    reporter.debug(
        "finalized",
        "height",
        block.height(),
        "epoch",
        block.header().epoch(),
        "view",
        block.header().view(),
        "transactions",
        block.block().body().transactions().size(),
        "workCalls",
        block.block().body().workCalls().size());
  }
}

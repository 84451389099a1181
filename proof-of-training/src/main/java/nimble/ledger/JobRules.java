package nimble.ledger;

import java.util.Optional;
import nimble.chain.JobCall;
import nimble.chain.ModelCall;
import nimble.chain.Receipt;
import nimble.chain.WorkCall;
import nimble.types.Address;
import nimble.types.PublicKey;

/// The training protocol as the ledger sees it: a pure function on the state. Keys of its own begin
/// with a byte from [Keys#RULES] on; money moves through [Escrows] and [Bonds] only.
///
/// All cost is bounded: an implementation walks queues that it keeps in state, and at most a fixed
/// number of entries per block.
public interface JobRules {
  /// Does what a developer's account asks. A rejection undoes every write of this call; the reason
  /// is plain words with the values, formatted in `Locale.ROOT`, because receipts are hashed; cut
  /// at [Receipt#REASON_MAX] bytes.
  Receipt.Outcome apply(Overlay state, BlockContext context, Address sender, JobCall call);

  /// The same for what an account asks about models.
  Receipt.Outcome apply(Overlay state, BlockContext context, Address sender, ModelCall call);

  /// Whether a slot is open for this very call, and for whom; or why not.
  Slot slot(StateView state, WorkCall.OfJob call);

  /// The hot key that may fill the slot of this very call; empty when no such slot is open.
  default Optional<PublicKey> signerOf(StateView state, WorkCall.OfJob call) {
    return slot(state, call).signer();
  }

  /// Fills the open slot; the signature is verified. A reason makes the block invalid: nothing that
  /// the miner commits may be refused here that [#slot] has let through for another cause than its
  /// own content.
  ///
  /// The slot charge is taken by the ledger from the job's escrow afterwards, as far as it reaches.
  Optional<String> fill(Overlay state, BlockContext context, WorkCall.OfJob call);

  /// Deadlines, matching, settlement: after all entries of a block.
  void endOfBlock(Overlay state, BlockContext context);
}

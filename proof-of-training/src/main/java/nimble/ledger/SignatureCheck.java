package nimble.ledger;

import nimble.chain.ServeCall.ServeReceipt;
import nimble.chain.SignedWorkCall;
import nimble.chain.Transaction;
import nimble.chain.WorkCall;
import nimble.codec.Bytes;
import nimble.types.ChainId;
import nimble.types.PublicKey;
import nimble.types.Signature;

/// Whether `key` signed `preimage`. Real executions end in `Ed25519.verify`; [SeenSignatures] saves
/// the second verification of what the mempool has verified.
@FunctionalInterface
public interface SignatureCheck {
  boolean holds(PublicKey key, Bytes preimage, Signature signature);

  /// Whether who may fill the slot signed the call, unless it needs no signature (the rule of its
  /// slot looks at what it opens); and whether the gateway signed what it promised.
  default boolean holds(Slot.Open slot, ChainId chain, SignedWorkCall signed) {
    return signed.call().provesItself()
        || (holds(slot.hotKey(), SignedWorkCall.preimage(chain, signed.call()), signed.signature())
            && isPromised(slot, chain, signed.call()));
  }

  private boolean isPromised(Slot.Open slot, ChainId chain, WorkCall call) {
    return !(call instanceof ServeReceipt receipt)
        || holds(slot.gateway().orElseThrow(), receipt.newest().preimage(chain), receipt.gateway());
  }

  default boolean holds(Transaction transaction) {
    Transaction.Unsigned body = transaction.body();
    return holds(body.sender(), body.preimage(), transaction.signature());
  }
}

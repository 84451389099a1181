package nimble.ledger;

import nimble.chain.SignedWorkCall;
import nimble.chain.Transaction;
import nimble.codec.Bytes;
import nimble.types.ChainId;
import nimble.types.PublicKey;
import nimble.types.Signature;

/// Whether `key` signed `preimage`. Real executions end in `Ed25519.verify`; [SeenSignatures] saves
/// the second verification of what the mempool has verified.
@FunctionalInterface
public interface SignatureCheck {
  boolean holds(PublicKey key, Bytes preimage, Signature signature);

  /// Of a call that needs none, always: the rule of its slot looks at what it opens.
  default boolean holds(PublicKey key, ChainId chain, SignedWorkCall signed) {
    return signed.call().provesItself()
        || holds(key, SignedWorkCall.preimage(chain, signed.call()), signed.signature());
  }

  default boolean holds(Transaction transaction) {
    Transaction.Unsigned body = transaction.body();
    return holds(body.sender(), body.preimage(), transaction.signature());
  }
}

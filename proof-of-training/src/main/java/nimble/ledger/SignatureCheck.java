package nimble.ledger;

import nimble.chain.Transaction;
import nimble.codec.Bytes;
import nimble.types.PublicKey;
import nimble.types.Signature;

/// Whether `key` signed `preimage`. Real executions end in `Ed25519.verify`; [SeenSignatures] saves
/// the second verification of what the mempool has verified.
@FunctionalInterface
public interface SignatureCheck {
  boolean holds(PublicKey key, Bytes preimage, Signature signature);

  default boolean holds(Transaction transaction) {
    Transaction.Unsigned body = transaction.body();
    return holds(body.sender(), body.preimage(), transaction.signature());
  }
}

package nimble.ledger;

import java.util.LinkedHashSet;
import java.util.SequencedSet;
import nimble.chain.Transaction;
import nimble.codec.Bytes;
import nimble.crypto.Hashing;
import nimble.types.Hash;
import nimble.types.PublicKey;
import nimble.types.Signature;

/// Remembers the newest signatures that held, so that a transaction seen in the mempool, in a
/// proposal and in a certified block is verified once. A signature that failed is not remembered.
///
/// One owner at a time.
public final class SeenSignatures implements SignatureCheck {
  static final int SEEN_MAX = 65_536;

  private final SignatureCheck check;
  private final SequencedSet<Hash> seen = new LinkedHashSet<>();

  public SeenSignatures(SignatureCheck check) {
    this.check = check;
  }

  @Override
  public boolean holds(PublicKey key, Bytes preimage, Signature signature) {
    Hash signed = Hashing.of("seen/signature", key.bytes(), preimage, signature.bytes());
    return knows(signed) || remember(signed, check.holds(key, preimage, signature));
  }

  /// A transaction is known by its id, which is a hash of all that its signature covers, and of the
  /// signature.
  @Override
  public boolean holds(Transaction transaction) {
    return knows(transaction) || remember(transaction.id(), check.holds(transaction));
  }

  public boolean knows(Transaction transaction) {
    return knows(transaction.id());
  }

  /// Adds a transaction whose signature the caller has verified, on whatever thread.
  public void remember(Transaction transaction) {
    remember(transaction.id(), true);
  }

  private boolean knows(Hash signed) {
    return seen.contains(signed);
  }

  private boolean remember(Hash signed, boolean holds) {
    if (holds) {
      if (seen.size() >= SEEN_MAX) {
        seen.removeFirst();
      }
      seen.addLast(signed);
    }
    return holds;
  }
}

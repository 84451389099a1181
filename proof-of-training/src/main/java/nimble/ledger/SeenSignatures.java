package nimble.ledger;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
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

  private record Signed(PublicKey key, Hash preimage, Signature signature) {}

  private final SignatureCheck check;
  private final SequencedMap<Signed, Boolean> seen = new LinkedHashMap<>();

  public SeenSignatures(SignatureCheck check) {
    this.check = check;
  }

  @Override
  public boolean holds(PublicKey key, Bytes preimage, Signature signature) {
    Signed signed = new Signed(key, Hashing.sha256(preimage), signature);
    if (seen.containsKey(signed)) {
      return true;
    }
    boolean holds = check.holds(key, preimage, signature);
    if (holds) {
      add(signed);
    }
    return holds;
  }

  public boolean knows(PublicKey key, Bytes preimage, Signature signature) {
    return seen.containsKey(new Signed(key, Hashing.sha256(preimage), signature));
  }

  /// Adds a signature that the caller has verified, on whatever thread.
  public void remember(PublicKey key, Bytes preimage, Signature signature) {
    add(new Signed(key, Hashing.sha256(preimage), signature));
  }

  private void add(Signed signed) {
    if (seen.size() >= SEEN_MAX) {
      seen.pollFirstEntry();
    }
    seen.put(signed, true);
  }
}

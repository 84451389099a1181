package nimble.node.chain;

import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.function.BooleanSupplier;
import nimble.codec.Bytes;
import nimble.consensus.SignerSet;
import nimble.crypto.Hashing;
import nimble.types.Hash;
import nimble.types.VoteSignature;

/// Remembers the newest vote signatures that held, so that a certificate which comes from several
/// peers and once more within a block costs one pairing check. One that failed is not remembered.
///
/// One owner at a time. What holds for one node holds for all, so nodes that share a thread may
/// share this too.
public final class SeenVotes {
  private static final int SEEN_MAX = 8_192;

  private record Signed(Hash set, SignerSet signers, Hash preimage, VoteSignature signature) {}

  private final SequencedSet<Signed> seen = new LinkedHashSet<>();

  /// @param set of validators that `signers` number
  /// @param check whether `signature` is that of all `signers` on `preimage`
  boolean holds(
      Hash set, SignerSet signers, Bytes preimage, VoteSignature signature, BooleanSupplier check) {
    Signed signed = new Signed(set, signers, Hashing.sha256(preimage), signature);
    return seen.contains(signed) || (check.getAsBoolean() && add(signed));
  }

  /// Adds what the caller has found to hold; always true.
  boolean add(Hash set, SignerSet signers, Bytes preimage, VoteSignature signature) {
    return add(new Signed(set, signers, Hashing.sha256(preimage), signature));
  }

  private boolean add(Signed signed) {
    if (seen.size() >= SEEN_MAX) {
      seen.removeFirst();
    }
    seen.addLast(signed);
    return true;
  }
}

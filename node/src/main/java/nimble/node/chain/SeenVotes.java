package nimble.node.chain;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.function.BooleanSupplier;
import nimble.codec.Bytes;
import nimble.consensus.SignerSet;
import nimble.crypto.Hashing;
import nimble.crypto.VoteMessage;
import nimble.types.Hash;
import nimble.types.VoteSignature;

/// Remembers what was voted on last as points of the curve, and the newest signatures that held, so
/// that a certificate which comes from several peers and once more within a block costs one pairing
/// check. One that failed is not remembered.
///
/// One owner at a time. What holds for one node holds for all, so nodes that share a thread may
/// share this too.
public final class SeenVotes {
  private static final int SEEN_MAX = 8_192;

  /// Some three are signed or checked in a view.
  private static final int MESSAGES_MAX = 64;

  private record Signed(Hash set, SignerSet signers, Hash preimage, VoteSignature signature) {}

  private final SequencedSet<Signed> seen = new LinkedHashSet<>();
  private final SequencedMap<Bytes, VoteMessage> messages = new LinkedHashMap<>();

  /// What is voted on: a node signs it, and checks it alone and in sum.
  VoteMessage message(Bytes preimage) {
    VoteMessage message = messages.computeIfAbsent(preimage, VoteMessage::of);
    if (messages.size() > MESSAGES_MAX) {
      messages.pollFirstEntry();
    }
    return message;
  }

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

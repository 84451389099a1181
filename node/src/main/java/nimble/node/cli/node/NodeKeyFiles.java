package nimble.node.cli.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import nimble.crypto.KeyKind;
import nimble.crypto.ScryptCost;
import nimble.crypto.SigningKey;
import nimble.crypto.VoteSigningKey;
import nimble.node.files.Entropy;
import nimble.node.files.KeystoreFile;
import nimble.node.files.Mistake;

/// Makes the keys that a node needs. Its account's key is not among them.
final class NodeKeyFiles {
  private NodeKeyFiles() {}

  /// Puts a key in its place: a copy of `given`, or a fresh one. What is there stays.
  static void place(Path file, KeyKind kind, Optional<Path> given, String password)
      throws Mistake, IOException {
    if (given.isPresent()) {
      KeystoreFile.copy(given.get(), kind, file);
    } else if (!Files.exists(file)) {
      switch (kind) {
        case HOT -> createHot(file, password);
        case VOTE -> createVote(file, password);
        case ACCOUNT -> throw new Mistake("a node needs no account's key");
      }
    }
  }

  static SigningKey createHot(Path file, String password) throws Mistake, IOException {
    SigningKey key = SigningKey.fromSeed(Entropy.of(SigningKey.SEED_SIZE));
    KeystoreFile.create(
        file, KeyKind.HOT, key.publicKey().bytes(), key.seed(), password, ScryptCost.STANDARD);
    return key;
  }

  static VoteSigningKey createVote(Path file, String password) throws Mistake, IOException {
    var seed = Entropy.of(VoteSigningKey.SEED_SIZE);
    VoteSigningKey key = VoteSigningKey.fromSeed(seed);
    KeystoreFile.create(
        file, KeyKind.VOTE, key.voteKey().bytes(), seed, password, ScryptCost.STANDARD);
    return key;
  }
}

package nimble.node.cli;

import java.io.IOException;
import java.nio.file.Path;
import nimble.crypto.KeyKind;
import nimble.crypto.ScryptCost;
import nimble.crypto.SigningKey;
import nimble.crypto.VoteSigningKey;
import nimble.node.files.KeystoreFile;
import nimble.node.files.Mistake;

/// Makes the keys that a node needs. Its account's key is not among them.
final class NodeKeyFiles {
  private NodeKeyFiles() {}

  static void create(Path hotFile, Path voteFile, String password) throws Mistake, IOException {
    createHot(hotFile, password);
    createVote(voteFile, password);
  }

  static SigningKey createHot(Path file, String password) throws Mistake, IOException {
    SigningKey key = SigningKey.fromSeed(WalletFiles.entropy(SigningKey.SEED_SIZE));
    KeystoreFile.create(
        file, KeyKind.HOT, key.publicKey().bytes(), key.seed(), password, ScryptCost.STANDARD);
    return key;
  }

  static VoteSigningKey createVote(Path file, String password) throws Mistake, IOException {
    var seed = WalletFiles.entropy(VoteSigningKey.SEED_SIZE);
    VoteSigningKey key = VoteSigningKey.fromSeed(seed);
    KeystoreFile.create(
        file, KeyKind.VOTE, key.voteKey().bytes(), seed, password, ScryptCost.STANDARD);
    return key;
  }
}

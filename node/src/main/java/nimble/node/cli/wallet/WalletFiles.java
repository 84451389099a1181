package nimble.node.cli.wallet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import nimble.crypto.KeyKind;
import nimble.crypto.Mnemonic;
import nimble.crypto.ScryptCost;
import nimble.crypto.SigningKey;
import nimble.crypto.Slip10;
import nimble.node.cli.option.WalletOptions;
import nimble.node.files.Entropy;
import nimble.node.files.KeystoreFile;
import nimble.node.files.Mistake;

/// Writes the keys of a wallet: its account's, from the words, and a hot key of its own.
final class WalletFiles {
  private WalletFiles() {}

  /// Refuses a wallet that is there already, before anything is asked.
  static void checkFree(WalletOptions wallet) throws Mistake {
    Path account = wallet.home().accountKey(wallet.name());
    if (Files.exists(account)) {
      throw Mistake.of(
          "wallet '%s' exists already (%s): choose another --wallet.name", wallet.name(), account);
    }
  }

  static SigningKey account(Mnemonic words) {
    return Slip10.account(words.seed(""), 0);
  }

  static void create(WalletOptions wallet, SigningKey account, String password)
      throws Mistake, IOException {
    checkFree(wallet);
    Path hotFile = wallet.home().hotKey(wallet.name(), wallet.hotKey());
    if (!Files.exists(hotFile)) {
      SigningKey hot = SigningKey.fromSeed(Entropy.of(SigningKey.SEED_SIZE));
      write(hotFile, KeyKind.HOT, hot, password);
    }
    write(wallet.home().accountKey(wallet.name()), KeyKind.ACCOUNT, account, password);
  }

  private static void write(Path file, KeyKind kind, SigningKey key, String password)
      throws Mistake, IOException {
    KeystoreFile.create(
        file, kind, key.publicKey().bytes(), key.seed(), password, ScryptCost.STANDARD);
  }
}

package nimble.node.cli.wallet;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import nimble.codec.Malformed;
import nimble.crypto.AddressForm;
import nimble.crypto.Mnemonic;
import nimble.crypto.SigningKey;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.option.WalletOptions;
import nimble.node.files.Json;
import nimble.node.files.KeystoreFile;
import nimble.node.files.Mistake;
import nimble.node.files.SafeFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "regen",
    description = "Makes a wallet again from its words, or from what `nbcli wallet export` wrote.")
final class WalletRegen implements Callable<Integer> {
  private static final long BYTES_MAX = 4_096;

  @Mixin private final Output output = new Output();
  @Mixin private final WalletOptions wallet = new WalletOptions();

  @Option(
      names = "--words-file",
      paramLabel = "FILE",
      description = "Holds the words; else they are asked for.")
  private Optional<Path> wordsFile = Optional.empty();

  @Option(
      names = "--keystore",
      paramLabel = "FILE",
      description = "As `nbcli wallet export` wrote it; its password becomes the wallet's.")
  private Optional<Path> keystore = Optional.empty();

  @Override
  public Integer call() throws Exception {
    if (keystore.isPresent() && wordsFile.isPresent()) {
      throw new Mistake("give either --keystore or --words-file");
    }
    WalletFiles.checkFree(wallet);
    SigningKey key = keystore.isPresent() ? fromKeystore(keystore.get()) : fromWords();
    String address = AddressForm.TEST.show(AddressForm.addressOf(key.publicKey()));
    output.document(
        Json.object().put("wallet", wallet.name()).put("address", address),
        "Wallet %s: %s".formatted(wallet.name(), address));
    return ExitCode.DONE;
  }

  private SigningKey fromWords() throws Exception {
    SigningKey key = WalletFiles.account(words());
    String password = wallet.password().fresh("wallet '%s'".formatted(wallet.name()));
    WalletFiles.create(wallet, key, password);
    return key;
  }

  private SigningKey fromKeystore(Path file) throws Exception {
    String password = wallet.password().existing(file.toString());
    SigningKey key = KeystoreFile.account(file, password);
    WalletFiles.create(wallet, key, password);
    return key;
  }

  private Mnemonic words() throws Exception {
    String text =
        wordsFile.isPresent()
            ? SafeFile.read(wordsFile.get(), BYTES_MAX)
            : output
                .surroundings()
                .terminal()
                .orElseThrow(() -> new Mistake("the words are needed: give --words-file FILE"))
                .password("Words: ");
    try {
      return Mnemonic.parse(text);
    } catch (Malformed e) {
      throw Mistake.of("the words are not a wallet's: %s", e.reason());
    }
  }
}

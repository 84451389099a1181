package nimble.node.cli.wallet;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import nimble.crypto.AddressForm;
import nimble.crypto.KeyKind;
import nimble.crypto.SigningKey;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.option.WalletOptions;
import nimble.node.files.Json;
import nimble.node.files.KeystoreFile;
import nimble.node.files.Mistake;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "export",
    description = {
      "Writes the wallet's key into a file, sealed under its password as it is here.",
      "`nbcli wallet regen --keystore FILE` makes a wallet of it elsewhere."
    })
final class WalletExport implements Callable<Integer> {
  @Mixin private final Output output = new Output();
  @Mixin private final WalletOptions wallet = new WalletOptions();

  @Parameters(paramLabel = "FILE", description = "Must not exist yet.")
  private Path file = Path.of("");

  @Override
  public Integer call() throws Exception {
    if (Files.exists(file)) {
      throw Mistake.of("%s exists already: choose another name", file);
    }
    // Who cannot open it here could not elsewhere.
    SigningKey key = wallet.unlock();
    KeystoreFile.copy(wallet.accountFile(), KeyKind.ACCOUNT, file);
    String address = AddressForm.TEST.show(AddressForm.addressOf(key.publicKey()));
    output.document(
        Json.object()
            .put("wallet", wallet.name())
            .put("address", address)
            .put("file", file.toString()),
        "%s: wallet %s, %s, under its password".formatted(file, wallet.name(), address));
    return ExitCode.DONE;
  }
}

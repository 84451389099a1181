package nimble.node.cli.wallet;

import java.util.List;
import java.util.concurrent.Callable;
import nimble.crypto.AddressForm;
import nimble.crypto.Mnemonic;
import nimble.crypto.SigningKey;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.option.WalletOptions;
import nimble.node.files.Entropy;
import nimble.node.files.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "create", description = "Makes a wallet and shows its words, once.")
final class WalletCreate implements Callable<Integer> {
  private static final int WORDS_PER_LINE = 6;

  @Mixin private final Output output = new Output();
  @Mixin private final WalletOptions wallet = new WalletOptions();

  @Option(
      names = "--main",
      description = "Show its address for the main network (nim1...) instead of others (tnim1...).")
  private boolean main;

  @Override
  public Integer call() throws Exception {
    WalletFiles.checkFree(wallet);
    String password = wallet.password().fresh("wallet '%s'".formatted(wallet.name()));
    Mnemonic words = Mnemonic.ofEntropy(Entropy.of(Mnemonic.ENTROPY_SIZE));
    SigningKey key = WalletFiles.account(words);
    WalletFiles.create(wallet, key, password);
    String address =
        (main ? AddressForm.MAIN : AddressForm.TEST).show(AddressForm.addressOf(key.publicKey()));
    output.document(
        Json.object()
            .put("wallet", wallet.name())
            .put("address", address)
            .put("words", String.join(" ", words.words())),
        """
        Wallet %s: %s

        These words are the wallet. Write them down; they are not shown again:

        %s
        """
            .formatted(wallet.name(), address, lines(words.words())));
    return ExitCode.DONE;
  }

  private static String lines(List<String> words) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < words.size(); i++) {
      text.append("%2d %-9s".formatted(i + 1, words.get(i)));
      text.append(i % WORDS_PER_LINE == WORDS_PER_LINE - 1 ? "\n" : " ");
    }
    return text.toString();
  }
}

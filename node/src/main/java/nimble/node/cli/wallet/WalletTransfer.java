package nimble.node.cli.wallet;

import java.io.IOException;
import java.util.Optional;
import nimble.chain.MoneyCall.Transfer;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.crypto.AddressForm;
import nimble.node.cli.console.Asked;
import nimble.node.cli.option.WalletOptions;
import nimble.node.cli.sending.AmountOptions;
import nimble.node.cli.sending.SendingCommand;
import nimble.node.files.Amount;
import nimble.node.files.GenesisFile;
import nimble.node.files.Mistake;
import nimble.types.Address;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "transfer", description = "Sends NIM to an address.")
final class WalletTransfer extends SendingCommand {
  @Mixin private final AmountOptions amounts = new AmountOptions();

  @Option(
      names = "--to",
      paramLabel = "ADDRESS|WALLET",
      description = "Who gets it: an address, or a wallet that is here.")
  private Optional<String> to = Optional.empty();

  @Option(
      names = "--memo",
      paramLabel = "TEXT",
      defaultValue = "",
      description = "At most 128 bytes, for everybody to read.")
  private String memo = "";

  @Override
  public Integer call() throws Exception {
    String given = Asked.orTyped(output, to, "--to", "To address: ");
    Bytes note = Bytes.utf8(memo);
    if (note.size() > Transfer.MEMO_MAX) {
      throw Mistake.of("--memo must have at most %d bytes, had %d", Transfer.MEMO_MAX, note.size());
    }
    amounts.ask(output);
    try (Session session = open()) {
      AddressForm form = GenesisFile.form(session.genesis());
      Address address = parse(form, given);
      String receiver = form.show(address);
      long amount = amounts.ofBalance(session.sender(), new Transfer(address, 0, note));
      session.confirm("Send %s to %s?".formatted(Amount.withUnit(amount), receiver));
      return session.send(
          new Transfer(address, amount, note),
          amount,
          "%s sent to %s".formatted(Amount.withUnit(amount), receiver));
    }
  }

  /// An address, else the name of a wallet that is here.
  private Address parse(AddressForm form, String text) throws Mistake, IOException {
    try {
      return form.parse(text);
    } catch (Malformed e) {
      if (wallet.home().walletNames().contains(text)) {
        return WalletOptions.addressIn(wallet.home().accountKey(text));
      }
      throw Mistake.of("--to: '%s': %s", text, e.reason());
    }
  }
}

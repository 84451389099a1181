package nimble.node.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import nimble.api.v1.AccountView;
import nimble.api.v1.TransactionView;
import nimble.chain.MoneyCall.Transfer;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.crypto.AddressForm;
import nimble.genesis.Genesis;
import nimble.node.client.NodeClient;
import nimble.node.files.Amount;
import nimble.node.files.GenesisFile;
import nimble.node.files.Mistake;
import nimble.types.Address;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "transfer", description = "Sends NIM to an address.")
final class WalletTransfer implements Callable<Integer> {
  @Mixin private final Output output = new Output();
  @Mixin private final NodeOptions node = new NodeOptions();
  @Mixin private final WalletOptions wallet = new WalletOptions();
  @Mixin private final Confirm confirm = new Confirm();
  @Mixin private final AmountOptions amounts = new AmountOptions();

  @Option(names = "--to", paramLabel = "ADDRESS", description = "Who gets it.")
  private Optional<String> to = Optional.empty();

  @Option(
      names = "--memo",
      paramLabel = "TEXT",
      defaultValue = "",
      description = "At most 128 bytes, for everybody to read.")
  private String memo = "";

  @Override
  public Integer call() throws Exception {
    String receiver = Asked.orTyped(output, to, "--to", "To address: ");
    Bytes note = Bytes.utf8(memo);
    if (note.size() > Transfer.MEMO_MAX) {
      throw Mistake.of("--memo must have at most %d bytes, had %d", Transfer.MEMO_MAX, note.size());
    }
    amounts.ask(output);
    try (NodeClient client = node.connect()) {
      Genesis genesis = node.genesis(client);
      Address address = parse(GenesisFile.form(genesis), receiver);
      Sender sender = new Sender(client, genesis, wallet.unlock());
      AccountView account = sender.account();
      long fee = sender.maxFee(new Transfer(address, 0, note));
      long amount = amounts.of(account.getBalance() - fee, "balance beyond the fee");
      confirm.ask("Send %s to %s?".formatted(Amount.withUnit(amount), receiver));
      TransactionView done = sender.send(new Transfer(address, amount, note), amount);
      Receipts.show(output, done, "%s sent to %s".formatted(Amount.withUnit(amount), receiver));
      return ExitCode.DONE;
    }
  }

  private static Address parse(AddressForm form, String text) throws Mistake {
    try {
      return form.parse(text);
    } catch (Malformed e) {
      throw Mistake.of("--to: '%s': %s", text, e.reason());
    }
  }
}

package nimble.node.cli.wallet;

import java.util.concurrent.Callable;
import nimble.chain.SignedMessage;
import nimble.codec.Bytes;
import nimble.codec.Writer;
import nimble.crypto.AddressForm;
import nimble.crypto.SigningKey;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.option.WalletOptions;
import nimble.node.files.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "sign",
    description = "Signs a text or a file as the wallet: it shows who holds it, and moves nothing.")
final class WalletSign implements Callable<Integer> {
  @Mixin private final Output output = new Output();
  @Mixin private final WalletOptions wallet = new WalletOptions();
  @Mixin private final MessageOptions message = new MessageOptions();

  @Option(
      names = "--main",
      description = "Show the address for the main network (nim1...) instead of others (tnim1...).")
  private boolean main;

  @Override
  public Integer call() throws Exception {
    Bytes signed = message.message();
    SigningKey key = wallet.unlock();
    String signature = Writer.encode(SignedMessage.sign(key, signed)::write).toString();
    String address =
        (main ? AddressForm.MAIN : AddressForm.TEST).show(AddressForm.addressOf(key.publicKey()));
    output.document(
        Json.object().put("address", address).put("signature", signature),
        "%s signs:\n%s".formatted(address, signature));
    return ExitCode.DONE;
  }
}

package nimble.node.cli.wallet;

import java.util.concurrent.Callable;
import nimble.chain.SignedMessage;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.crypto.AddressForm;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.files.Json;
import nimble.node.files.Mistake;
import nimble.types.Address;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "verify",
    description = "Says whether the owner of an address signed a text or a file; 1 when not.")
final class WalletVerify implements Callable<Integer> {
  @Mixin private final Output output = new Output();
  @Mixin private final MessageOptions message = new MessageOptions();

  @Parameters(index = "0", paramLabel = "ADDRESS", description = "Who is said to have signed.")
  private String address = "";

  @Parameters(
      index = "1",
      paramLabel = "SIGNATURE",
      description = "192 hexadecimal digits, as `nbcli wallet sign` shows them.")
  private String signature = "";

  @Override
  public Integer call() throws Exception {
    Address account = account();
    SignedMessage signed = signed();
    Bytes content = message.message();
    boolean holds = signed.holds(account, content);
    output.document(
        Json.object().put("address", address).put("verified", holds),
        holds
            ? "%s signed this".formatted(address)
            : "%s did not sign this: another text, address or signature".formatted(address));
    return holds ? ExitCode.DONE : ExitCode.USER_MISTAKE;
  }

  private Address account() throws Mistake {
    AddressForm form = address.startsWith("nim1") ? AddressForm.MAIN : AddressForm.TEST;
    try {
      return form.parse(address);
    } catch (Malformed e) {
      throw Mistake.of("ADDRESS: '%s': %s", address, e.reason());
    }
  }

  private SignedMessage signed() throws Mistake {
    try {
      return Reader.decode(Bytes.hex(signature), SignedMessage::read);
    } catch (Malformed e) {
      throw Mistake.of("SIGNATURE must be 192 hexadecimal digits: %s", e.reason());
    }
  }
}

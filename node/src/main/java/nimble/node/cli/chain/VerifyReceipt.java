package nimble.node.cli.chain;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "receipt",
    description =
        "Checks a receipt or any other kept proof, without a node, and shows what it proves.")
final class VerifyReceipt implements Callable<Integer> {
  @Mixin private final Output output = new Output();
  @Mixin private final TrustOptions trust = new TrustOptions();

  @Parameters(paramLabel = "FILE", description = "As job receipt or chain proof --out wrote it.")
  private Path file = Path.of("");

  @Override
  public Integer call() throws Exception {
    ReceiptFile receipt = ReceiptFile.verified(file, trust);
    Shown shown = Shown.of(receipt.bundle(), receipt.known());
    shown.table().row("verified", "every step from %s on".formatted(receipt.known().words()));
    output.document(shown.json().put("verified", true), shown.table().show(output.surroundings()));
    return ExitCode.DONE;
  }
}

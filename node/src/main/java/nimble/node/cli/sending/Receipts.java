package nimble.node.cli.sending;

import nimble.api.v1.TransactionView;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Protos;
import nimble.node.files.Amount;

/// What became of a transaction, as the end of a command.
final class Receipts {
  private Receipts() {}

  static void show(Output output, TransactionView receipt, String done) {
    output.document(
        Protos.json(receipt),
        "%s\nblock %d, fee %s, transaction %s"
            .formatted(
                done, receipt.getHeight(), Amount.withUnit(receipt.getFee()), receipt.getId()));
  }
}

package nimble.node.cli.wallet;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import nimble.api.v1.BlockView;
import nimble.api.v1.TransactionView;
import nimble.chain.Block;
import nimble.chain.MoneyCall.Transfer;
import nimble.chain.Transaction;
import nimble.codec.Malformed;
import nimble.crypto.AddressForm;
import nimble.genesis.Genesis;
import nimble.node.api.Wire;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Progress;
import nimble.node.cli.console.Protos;
import nimble.node.cli.console.Table;
import nimble.node.cli.option.NodeOptions;
import nimble.node.cli.option.WalletOptions;
import nimble.node.client.ClientFailure;
import nimble.node.client.NodeClient;
import nimble.node.files.Amount;
import nimble.node.files.GenesisFile;
import nimble.node.files.Json;
import nimble.node.files.Mistake;
import nimble.types.Address;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "history",
    description = {
      "Shows what a wallet sent and was sent in the newest blocks, newest first.",
      "What it earned is in `nbcli reward explain`."
    })
final class WalletHistory implements Callable<Integer> {
  private static final int BLOCKS_MAX = 100_000;

  @Mixin private final Output output = new Output();
  @Mixin private final NodeOptions node = new NodeOptions();
  @Mixin private final WalletOptions wallet = new WalletOptions();

  @Option(names = "--address", paramLabel = "ADDRESS", description = "Instead of the wallet's own.")
  private Optional<String> address = Optional.empty();

  @Option(
      names = "--blocks",
      paramLabel = "N",
      defaultValue = "1000",
      description = "How many blocks are looked through (${DEFAULT-VALUE}).")
  private int blocks;

  private record Found(Transaction transaction, BlockView block) {}

  @Override
  public Integer call() throws Exception {
    Mistake.between("--blocks", blocks, 1, BLOCKS_MAX);
    try (NodeClient client = node.connect()) {
      Genesis genesis = node.genesis(client);
      AddressForm form = GenesisFile.form(genesis);
      Address owner = address.isPresent() ? parse(form, address.get()) : wallet.address();
      show(client, form, owner, find(client, owner));
      return ExitCode.DONE;
    }
  }

  private static Address parse(AddressForm form, String text) throws Mistake {
    try {
      return form.parse(text);
    } catch (Malformed e) {
      throw Mistake.of("--address: '%s': %s", text, e.reason());
    }
  }

  /// Block by block from the newest on: a node that forgets old ones has only those.
  private List<Found> find(NodeClient client, Address owner) throws ClientFailure {
    long newest = client.status().getFinalizedHeight();
    long oldest = Math.max(1, newest - blocks + 1);
    List<Found> found = new ArrayList<>();
    try (Progress progress = output.progress("looking through blocks", newest - oldest + 1)) {
      for (long height = newest; height >= oldest; height--) {
        Optional<BlockView> view = block(client, height);
        if (view.isEmpty()) {
          output.note("the node keeps no blocks before %d".formatted(height + 1));
          return found;
        }
        for (Transaction transaction : transactions(client, view.get()).reversed()) {
          if (concerns(owner, transaction)) {
            found.add(new Found(transaction, view.get()));
          }
        }
        progress.at(newest - height + 1);
      }
    }
    return found;
  }

  private static Optional<BlockView> block(NodeClient client, long height) throws ClientFailure {
    try {
      return Optional.of(client.block(height));
    } catch (ClientFailure e) {
      if (e.kind() == ClientFailure.Kind.INVALID) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static boolean concerns(Address owner, Transaction transaction) {
    return transaction.sender().equals(owner)
        || (transaction.body().call() instanceof Transfer transfer && transfer.to().equals(owner));
  }

  private static List<Transaction> transactions(NodeClient client, BlockView view)
      throws ClientFailure {
    try {
      return Block.decode(Wire.from(view.getBlock())).body().transactions();
    } catch (Malformed e) {
      throw new ClientFailure(
          ClientFailure.Kind.UNAVAILABLE,
          "the node at %s sent a block that is none: %s".formatted(client.node(), e.reason()));
    }
  }

  private void show(NodeClient client, AddressForm form, Address owner, List<Found> all)
      throws ClientFailure {
    ArrayNode json = Json.array();
    Table table = new Table("BLOCK", "TIME", "CALL", "AMOUNT", "FEE", "WITH");
    for (Found found : all) {
      TransactionView view = client.transaction(found.transaction().id().toString());
      ObjectNode item = Protos.json(view).put("timeMillis", found.block().getTimeMillis());
      boolean sent = found.transaction().sender().equals(owner);
      String amount = "";
      String with = "";
      if (found.transaction().body().call() instanceof Transfer transfer) {
        item.put("to", form.show(transfer.to())).put("amount", Long.toString(transfer.amount()));
        amount = (sent ? "-" : "+") + Amount.withUnit(transfer.amount());
        with = form.show(sent ? transfer.to() : found.transaction().sender());
      }
      json.add(item);
      table.row(
          view.getHeight(),
          Instant.ofEpochMilli(found.block().getTimeMillis()),
          view.getApplied() ? view.getCall() : view.getCall() + ", rejected",
          amount,
          sent ? Amount.withUnit(view.getFee()) : "",
          view.getApplied() ? with : view.getReason());
    }
    output.document(
        json,
        all.isEmpty()
            ? "nothing in the newest %d blocks; --blocks N looks further back".formatted(blocks)
            : table.show(output.surroundings()));
  }
}

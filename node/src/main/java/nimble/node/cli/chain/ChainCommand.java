package nimble.node.cli.chain;

import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.Callable;
import nimble.api.v1.BlockView;
import nimble.api.v1.CandidateView;
import nimble.api.v1.ChainStatus;
import nimble.api.v1.TransactionView;
import nimble.api.v1.ValidatorView;
import nimble.api.v1.Validators;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Protos;
import nimble.node.cli.console.Table;
import nimble.node.cli.option.NodeOptions;
import nimble.node.client.ClientFailure;
import nimble.node.client.NodeClient;
import nimble.node.files.Amount;
import nimble.node.files.Mistake;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "chain",
    description = "Blocks, transactions, validators and proofs.",
    subcommands = {
      ChainCommand.Status.class,
      ChainCommand.Block.class,
      ChainCommand.Tx.class,
      ChainCommand.Validator.class,
      ChainParams.class,
      ChainProof.class
    })
public final class ChainCommand {

  @Command(name = "status", description = "Shows where the chain is.")
  static final class Status implements Callable<Integer> {
    @Mixin private final Output output = new Output();
    @Mixin private final NodeOptions node = new NodeOptions();

    @Override
    public Integer call() throws Exception {
      try (NodeClient client = node.connect()) {
        ChainStatus status = client.status();
        output.document(
            Protos.json(status),
            new Table("CHAIN", status.getChainId())
                .row("finalized height", status.getFinalizedHeight())
                .row("block time", Instant.ofEpochMilli(status.getTimeMillis()))
                .row("digest", status.getDigest())
                .row("state root", status.getStateRoot())
                .row("epoch, view", status.getEpoch() + ", " + status.getView())
                .row("base fee", status.getBaseFee() + " nim-units per weight")
                .row("peers", status.getPeers())
                .row("node", status.getNodeId())
                .row("genesis", status.getGenesisHash())
                .show(output.surroundings()));
        return ExitCode.DONE;
      }
    }
  }

  @Command(name = "block", description = "Shows a finalized block, the newest by default.")
  static final class Block implements Callable<Integer> {
    @Mixin private final Output output = new Output();
    @Mixin private final NodeOptions node = new NodeOptions();

    @Parameters(paramLabel = "HEIGHT", defaultValue = "0", description = "Its height.")
    private long height;

    @Override
    public Integer call() throws Exception {
      Mistake.between("HEIGHT", height, 0, Long.MAX_VALUE);
      try (NodeClient client = node.connect()) {
        BlockView block = client.block(height);
        Table table =
            new Table("BLOCK", Long.toString(block.getHeight()))
                .row("digest", block.getDigest())
                .row("parent", block.getParent())
                .row("time", Instant.ofEpochMilli(block.getTimeMillis()))
                .row("epoch, view", block.getEpoch() + ", " + block.getView())
                .row("proposer", block.getProposer())
                .row("state root", block.getStateRoot())
                .row("beacon", block.getBeacon())
                .row("work calls", block.getWorkCallsCount())
                .row("transactions", block.getTransactionsCount());
        block.getTransactionsList().forEach(id -> table.row("", id));
        output.document(Protos.json(block), table.show(output.surroundings()));
        return ExitCode.DONE;
      }
    }
  }

  @Command(name = "tx", description = "Shows a finalized transaction and what became of it.")
  static final class Tx implements Callable<Integer> {
    @Mixin private final Output output = new Output();
    @Mixin private final NodeOptions node = new NodeOptions();

    @Parameters(paramLabel = "ID", description = "64 hexadecimal digits.")
    private String id = "";

    @Override
    public Integer call() throws Exception {
      try (NodeClient client = node.connect()) {
        TransactionView view = client.transaction(id);
        output.document(
            Protos.json(view),
            new Table("TRANSACTION", view.getId())
                .row("call", view.getCall())
                .row("sender", view.getSender())
                .row("nonce", view.getNonce())
                .row("block, place", view.getHeight() + ", " + view.getIndex())
                .row("fee", Amount.withUnit(view.getFee()))
                .row("outcome", view.getApplied() ? "applied" : "rejected: " + view.getReason())
                .row("job", view.getJob() == 0 ? "-" : view.getJob())
                .show(output.surroundings()));
        return ExitCode.DONE;
      }
    }
  }

  @Command(name = "validators", description = "Lists the validators of this epoch.")
  public static final class Validator implements Callable<Integer> {
    @Mixin private final Output output = new Output();
    @Mixin private final NodeOptions node = new NodeOptions();

    @Override
    public Integer call() throws Exception {
      return list(output, node);
    }

    /// `validator list` shows the same.
    ///
    /// @return an exit code
    public static int list(Output output, NodeOptions node)
        throws Mistake, IOException, ClientFailure {
      try (NodeClient client = node.connect()) {
        Validators validators = client.validators();
        Table table = new Table("#", "ADDRESS", "STAKE", "LEADER WEIGHT", "HOT KEY");
        for (ValidatorView validator : validators.getValidatorsList()) {
          table.row(
              validator.getIndex(),
              validator.getAddress(),
              Amount.withUnit(validator.getStake()),
              Amount.withUnit(validator.getLeaderWeight()),
              validator.getHotKey());
        }
        output.document(
            Protos.json(validators),
            table.show(output.surroundings()) + "\n\n" + candidates(validators, output));
        return ExitCode.DONE;
      }
    }
  }

  private static String candidates(Validators validators, Output output) {
    Table table = new Table("STANDS FOR ELECTION", "STAKE", "DELEGATED", "COMMISSION", "STANDING");
    for (CandidateView candidate : validators.getCandidatesList()) {
      table.row(
          candidate.getAddress(),
          Amount.withUnit(candidate.getStake()),
          Amount.withUnit(candidate.getDelegated()),
          ValidatorStanding.commission(candidate),
          ValidatorStanding.words(candidate));
    }
    return table.show(output.surroundings());
  }
}

package nimble.node.cli.network;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import nimble.genesis.Genesis;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Table;
import nimble.node.files.Amount;
import nimble.node.files.GenesisFile;
import nimble.node.files.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "genesis",
    description = "The first state of a network.",
    subcommands = {GenesisCreate.class, GenesisCommand.Verify.class, GenesisCommand.Show.class})
public final class GenesisCommand {

  @Command(name = "verify", description = "Says what is wrong with a genesis; 1 when anything is.")
  static final class Verify implements Callable<Integer> {
    @Mixin private final Output output = new Output();

    @Parameters(paramLabel = "FILE", description = "The genesis file.")
    private Path file = Path.of("");

    @Override
    public Integer call() throws Exception {
      Genesis genesis = GenesisFile.read(file);
      List<String> errors = GenesisFile.errors(genesis);
      ObjectNode json =
          Json.object().put("hash", genesis.hash().toString()).put("valid", errors.isEmpty());
      errors.forEach(json.putArray("errors")::add);
      genesis.warnings().forEach(json.putArray("warnings")::add);
      StringBuilder text = new StringBuilder();
      errors.forEach(error -> text.append("error: ").append(error).append('\n'));
      genesis.warnings().forEach(it -> text.append("warning: ").append(it).append('\n'));
      text.append(
          "%s: %s, hash %s"
              .formatted(file, errors.isEmpty() ? "valid" : "not valid", genesis.hash()));
      output.document(json, text.toString());
      return errors.isEmpty() ? ExitCode.DONE : ExitCode.USER_MISTAKE;
    }
  }

  @Command(name = "show", description = "Shows what a network begins with.")
  static final class Show implements Callable<Integer> {
    @Mixin private final Output output = new Output();

    @Parameters(paramLabel = "FILE", description = "The genesis file.")
    private Path file = Path.of("");

    @Override
    public Integer call() throws Exception {
      Genesis genesis = GenesisFile.read(file);
      Table table =
          new Table("GENESIS", genesis.chain().value())
              .row("hash", genesis.hash())
              .row("time", Instant.ofEpochMilli(genesis.timeMillis()))
              .row("validators", genesis.validators().size())
              .row("accounts", genesis.accounts().size())
              .row("reward pool", Amount.withUnit(genesis.rewardPool()))
              .row("unissued", Amount.withUnit(genesis.unissued()));
      genesis
          .validatorSet()
          .validators()
          .forEach(it ->
              table.row(
                  "validator",
                  GenesisFile.form(genesis).show(it.account())
                      + " stakes "
                      + Amount.withUnit(it.stake())));
      output.document(
          Json.of(Json.read(file.toString(), GenesisFile.show(genesis), Map.class)),
          table.show(output.surroundings()));
      return ExitCode.DONE;
    }
  }
}

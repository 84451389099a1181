package nimble.node.cli.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Table;
import nimble.node.cli.option.NumericOption;
import nimble.node.files.GenesisFile;
import nimble.node.files.Json;
import nimble.types.Hash;
import nimble.vm.Machine;
import nimble.vm.djl.Numeric;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "show",
    aliases = "probe",
    description = {
      "Measures this machine's numeric class for each stage of a job: a hash of what its programs",
      "give on data drawn from a beacon. Machines with equal classes compute alike, to the bit."
    })
final class ClassShow implements Callable<Integer> {
  @Mixin private final Output output = new Output();

  @Option(
      names = "--spec",
      paramLabel = "FILE",
      description = "A job file. Default: the job of the demo, in three stages.")
  private Optional<Path> spec = Optional.empty();

  @Option(
      names = "--beacon",
      paramLabel = "HASH",
      description = "Of the block that matched a job; zeros to compare machines with each other.")
  private Optional<String> beacon = Optional.empty();

  @Option(
      names = "--numeric",
      paramLabel = "CAP[/THREADS][/cuda]",
      description = "Instead of what nodes usually take: avx2, avx512 or default, such as avx2/2.")
  private Optional<String> numeric = Optional.empty();

  @Override
  public Integer call() throws Exception {
    Hash seed =
        beacon.isPresent()
            ? new Hash(GenesisFile.hex("--beacon", beacon.get(), Hash.SIZE))
            : Hash.ZERO;
    Numeric chosen = numeric.isPresent() ? NumericOption.numeric(numeric.get()) : Numeric.usual();
    ClassJob job = ClassJob.of(spec);
    try (Machine machine = NumericOption.machine(numeric.map(_ -> chosen))) {
      List<Hash> classes =
          ClassJob.classes(machine, job.spec().stageSpecs(), job.spec().training(), seed);
      ObjectNode json =
          Json.object().put("numeric", chosen.toString()).put("beacon", seed.toString());
      Table table = new Table("STAGE", "CLASS WITH " + chosen);
      for (int stage = 0; stage < classes.size(); stage++) {
        json.withArray("classes").add(classes.get(stage).toString());
        table.row(stage, classes.get(stage));
      }
      output.document(json, table.show(output.surroundings()));
    }
    return ExitCode.DONE;
  }
}

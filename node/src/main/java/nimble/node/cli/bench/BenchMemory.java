package nimble.node.cli.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import nimble.node.bench.MemoryBench;
import nimble.node.cli.console.ExitCode;
import nimble.node.files.Json;
import nimble.node.files.Mistake;
import nimble.vm.Lora;
import nimble.vm.LoraTarget;
import nimble.vm.tensor.BaseForm;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "memory",
    description = "What a stage takes of a process, beside what `job plan` says (Linux).")
final class BenchMemory implements Callable<Integer> {
  private static final int WIDTH_MAX = 8_192;
  private static final int HIDDEN_MAX = 32_768;
  private static final int LAYERS_MAX = 64;
  private static final int CONTEXT_MAX = 8_192;
  private static final int ROWS_MAX = 64;
  private static final int RANK_MAX = 256;

  @Spec private CommandSpec command = CommandSpec.create();

  @Option(names = "--width", defaultValue = "1024", description = "(${DEFAULT-VALUE}).")
  private int width;

  @Option(names = "--hidden", defaultValue = "2816", description = "(${DEFAULT-VALUE}).")
  private int hidden;

  @Option(names = "--layers", defaultValue = "4", description = "Blocks (${DEFAULT-VALUE}).")
  private int layers;

  @Option(names = "--context", defaultValue = "128", description = "(${DEFAULT-VALUE}).")
  private int context;

  @Option(names = "--rows", defaultValue = "2", description = "(${DEFAULT-VALUE}).")
  private int rows;

  @Option(names = "--micro-batches", defaultValue = "2", description = "(${DEFAULT-VALUE}).")
  private int microBatches;

  @Option(
      names = "--base",
      defaultValue = "none",
      description = "Adapters on a base: none, fp32, bf16 or nf4 (${DEFAULT-VALUE}).")
  private String base = "none";

  @Option(names = "--rank", defaultValue = "16", description = "Of adapters (${DEFAULT-VALUE}).")
  private int rank;

  @Option(names = "--json", paramLabel = "FILE", description = "Writes the figures.")
  private @Nullable Path json;

  @Override
  public Integer call() throws IOException, Mistake {
    Mistake.between("--width", width, 1, WIDTH_MAX);
    Mistake.between("--hidden", hidden, 1, HIDDEN_MAX);
    Mistake.between("--layers", layers, 1, LAYERS_MAX);
    Mistake.between("--context", context, 1, CONTEXT_MAX);
    Mistake.between("--rows", rows, 1, ROWS_MAX);
    Mistake.between("--micro-batches", microBatches, 1, ROWS_MAX);
    Mistake.between("--rank", rank, 1, RANK_MAX);
    PrintWriter out = command.commandLine().getOut();
    MemoryBench bench =
        new MemoryBench(width, hidden, layers, context, rows, microBatches, adapters());
    String figures = Json.show(bench.run());
    if (json != null) {
      Files.writeString(json, figures + "\n");
    }
    out.println(figures);
    return ExitCode.DONE;
  }

  private Optional<Lora> adapters() throws Mistake {
    BaseForm form =
        switch (base) {
          case "none", "fp32" -> BaseForm.FP32;
          case "bf16" -> BaseForm.BF16;
          case "nf4" -> BaseForm.NF4;
          default -> throw Mistake.of("--base must be none, fp32, bf16 or nf4, was '%s'", base);
        };
    List<LoraTarget> targets = List.of(LoraTarget.Q, LoraTarget.V);
    return base.equals("none")
        ? Optional.empty()
        : Optional.of(new Lora(rank, 2f * rank, targets, form));
  }
}

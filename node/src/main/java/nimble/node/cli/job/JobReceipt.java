package nimble.node.cli.job;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import nimble.codec.Bytes;
import nimble.light.ProofBundle;
import nimble.node.cli.chain.AgeOption;
import nimble.node.cli.chain.Proving;
import nimble.node.cli.chain.Shown;
import nimble.node.cli.chain.TrustOptions;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.option.NodeOptions;
import nimble.node.client.LightClient;
import nimble.node.client.NodeClient;
import nimble.node.files.Mistake;
import nimble.node.files.SafeFile;
import nimble.training.Jobs;
import nimble.types.JobId;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "receipt",
    description = "Keeps what the chain remembers of a job, with its proof, in a file.")
final class JobReceipt implements Callable<Integer> {
  @Mixin private final Output output = new Output();
  @Mixin private final NodeOptions node = new NodeOptions();
  @Mixin private final TrustOptions trust = new TrustOptions();
  @Mixin private final AgeOption age = new AgeOption();

  @Parameters(paramLabel = "JOB", description = "Its number.")
  private long job;

  @Option(names = "--out", paramLabel = "FILE", description = "Where it goes (job-JOB.receipt).")
  private Optional<Path> out = Optional.empty();

  @Override
  public Integer call() throws Exception {
    if (job <= 0) {
      throw Mistake.of("JOB must be a number from 1 on, was %d", job);
    }
    JobId id = new JobId(job);
    Path file = out.orElse(Path.of("job-%d.receipt".formatted(job)));
    try (NodeClient client = node.connect()) {
      Proving proving = Proving.start(client, node, trust);
      LightClient.Proven proven = prove(proving, "record/" + job, Jobs.recordKey(id));
      if (proven.value().isEmpty()) {
        throw Mistake.of(
            "job %d has no record at block %s: it is written when the job has ended (nbcli job watch"
                + " %d)",
            job, proven.header().height(), job);
      }
      ProofBundle bundle =
          proving.client().bundle(proven.finality(), List.of(proven.claim()), List.of());
      SafeFile.create(file, bundle.encode());
      Shown shown = Shown.of(bundle, proving.known());
      shown.table().row("receipt", file);
      output.document(
          shown.json().put("file", file.toString()).put("verified", true),
          shown.table().show(output.surroundings()));
      return ExitCode.DONE;
    }
  }

  private LightClient.Proven prove(Proving proving, String subject, Bytes key) throws Exception {
    LightClient.Proven proven = proving.ask(light -> light.prove(subject, key));
    age.check(proven.header());
    return proven;
  }
}

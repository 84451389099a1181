package nimble.node.cli.job;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import nimble.api.v1.JobView;
import nimble.api.v1.StageView;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Progress;
import nimble.node.cli.option.NodeOptions;
import nimble.node.client.NodeClient;
import nimble.node.files.Json;
import nimble.node.files.Mistake;
import nimble.types.Hash;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "download",
    description = "Fetches the final checkpoints of a job's stages; goes on where it ended.")
final class JobDownload implements Callable<Integer> {
  @Mixin private final Output output = new Output();
  @Mixin private final NodeOptions node = new NodeOptions();

  @Parameters(paramLabel = "JOB", description = "Its number.")
  private long job;

  @Option(
      names = "--to",
      paramLabel = "DIR",
      defaultValue = ".",
      description = "Where the files go (${DEFAULT-VALUE}).")
  private Path to = Path.of("");

  @Override
  public Integer call() throws Exception {
    try (NodeClient client = node.connect()) {
      JobView view = client.job(job);
      if (!view.getState().equals("COMPLETED")) {
        throw Mistake.of(
            "job %d is %s: its checkpoints can be fetched once it is COMPLETED",
            job, view.getState());
      }
      Files.createDirectories(to);
      ArrayNode files = Json.array();
      StringBuilder text = new StringBuilder();
      for (StageView stage : view.getStagesList()) {
        Path file = to.resolve("job-%d-stage-%d.checkpoint".formatted(job, stage.getIndex()));
        fetch(client, stage, file);
        files
            .addObject()
            .put("stage", stage.getIndex())
            .put("file", file.toString())
            .put("manifest", stage.getManifest())
            .put("bytes", Files.size(file));
        text.append(file).append('\n');
      }
      output.document(files, text.toString());
      return ExitCode.DONE;
    }
  }

  private void fetch(NodeClient client, StageView stage, Path file) throws Exception {
    if (stage.getManifest().isEmpty()) {
      throw Mistake.of("stage %d of job %d has no checkpoint", stage.getIndex(), job);
    }
    try (Progress progress = output.progress("stage " + stage.getIndex(), 0)) {
      client.blobs().download(hash(stage.getManifest()), file, progress::at);
    }
  }

  private static Hash hash(String digits) throws Malformed {
    return new Hash(Bytes.hex(digits));
  }
}

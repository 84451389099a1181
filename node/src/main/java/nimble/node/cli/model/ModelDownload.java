package nimble.node.cli.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import nimble.codec.Malformed;
import nimble.node.cli.chain.TrustOptions;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Progress;
import nimble.node.cli.option.NodeOptions;
import nimble.node.client.NodeClient;
import nimble.node.files.CheckpointFile;
import nimble.node.files.Json;
import nimble.node.files.Mistake;
import nimble.node.files.NewFolder;
import nimble.node.files.SafeFile;
import nimble.vm.ModelSpec;
import nimble.vm.StageSpec;
import nimble.vm.hf.AdapterExport;
import nimble.vm.hf.ModelCard;
import nimble.vm.hf.ModelExport;
import nimble.vm.hf.StageWeights;
import nimble.vm.hf.Tokens;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "download",
    description = "Fetches a trained model into a folder; goes on where an earlier try ended.")
final class ModelDownload implements Callable<Integer> {
  private static final String HF = "hf";
  private static final String NIMBLE = "nimble";

  @Mixin private final Output output = new Output();
  @Mixin private final NodeOptions node = new NodeOptions();
  @Mixin private final TrustOptions trust = new TrustOptions();
  @Mixin private final ExportOptions export = new ExportOptions();

  @Parameters(paramLabel = "JOB|NAME", description = "A job's number, or a model's name.")
  private String subject = "";

  @Option(
      names = "--format",
      description = {
        "hf: a folder for transformers, usual for models that it knows;",
        "nimble: the checkpoints, usual for all others."
      })
  private Optional<String> format = Optional.empty();

  @Option(
      names = {"-o", "--to"},
      paramLabel = "DIR",
      description = "The folder, which is not there yet (the model's name).")
  private Optional<Path> to = Optional.empty();

  @Override
  public Integer call() throws Exception {
    if (format.filter(it -> !it.equals(HF) && !it.equals(NIMBLE)).isPresent()) {
      throw Mistake.of("--format must be hf or nimble, was '%s'", format.get());
    }
    try (NodeClient client = node.connect()) {
      TrainedJob job = TrainedJob.of(client, node, trust, subject);
      boolean converts = converts(job.spec().model());
      NewFolder folder = NewFolder.at(to.orElse(Path.of(fileName(job.spec().name()))), "--to");
      List<Path> checkpoints = job.fetch(client.blobs(), folder.kept(), output);
      String receipt = "job-%d.receipt".formatted(job.number());
      SafeFile.create(folder.made().resolve(receipt), job.proof().encode());
      Optional<BaseFiles> base = BaseFiles.of(client.blobs(), job.spec().base(), folder.kept());
      if (converts) {
        convert(job, base, checkpoints, folder.made());
      } else {
        keep(job, checkpoints, folder.made());
      }
      card(job, base, receipt, converts).write(folder.made());
      folder.finish();
      say(job, folder.place());
      return ExitCode.DONE;
    }
  }

  private boolean converts(ModelSpec model) throws Mistake {
    boolean asked = format.equals(Optional.of(HF));
    if (asked || (format.isEmpty() && ExportOptions.isKnown(model))) {
      export.check(model);
      return true;
    }
    return false;
  }

  private static String fileName(String name) {
    return name.replaceAll("[^A-Za-z0-9._-]+", "-").replaceFirst("^\\.+", "");
  }

  private void convert(TrainedJob job, Optional<BaseFiles> base, List<Path> checkpoints, Path made)
      throws Mistake, IOException {
    ModelSpec model = job.spec().model();
    try (Arena arena = Arena.ofShared()) {
      List<StageWeights> stages = new ArrayList<>();
      for (int i = 0; i < checkpoints.size(); i++) {
        StageSpec stage = job.spec().stageSpecs().get(i);
        stages.add(CheckpointFile.weights(checkpoints.get(i), stage, arena));
      }
      Tokens tokens = export.tokens(model, base);
      if (model.lora().isPresent()) {
        String name = base.map(it -> it.model().name()).orElse("");
        AdapterExport writing = AdapterExport.of(model, stages, name);
        try (Progress progress = output.progress("writing", writing.bytes())) {
          writing.write(made, progress::at);
        }
        tokens.write(made);
      } else {
        ModelExport writing = export.of(model, stages);
        try (Progress progress = output.progress("writing", writing.bytes())) {
          writing.write(made, tokens, progress::at);
        }
      }
    } catch (Malformed e) {
      throw new Mistake(e.reason());
    }
  }

  private static void keep(TrainedJob job, List<Path> checkpoints, Path made)
      throws Mistake, IOException {
    SafeFile.create(made.resolve("job.spec"), job.spec().encode());
    for (int i = 0; i < checkpoints.size(); i++) {
      Files.move(checkpoints.get(i), made.resolve("stage-%d.checkpoint".formatted(i)));
    }
  }

  private static ModelCard card(
      TrainedJob job, Optional<BaseFiles> base, String receipt, boolean converted) {
    String chain = job.known().genesis().map(it -> it.chain().value()).orElse("its chain");
    return new ModelCard(
        job.spec().name(),
        TrainedJob.title(job.number(), chain, job.spec().start()),
        job.metadata(),
        List.of(receipt),
        base.map(it -> it.model().name()).filter(it -> !it.isEmpty()),
        job.spec().model().lora().isPresent(),
        converted);
  }

  private void say(TrainedJob job, Path place) {
    ObjectNode json =
        Json.object()
            .put("folder", place.toString())
            .put("job", job.number())
            .put("name", job.spec().name())
            .put("parameters", job.spec().model().parameters())
            .put("trusted", job.known().words());
    output.document(
        json,
        "%s: '%s' of job %d, %d parameters, proven against %s"
            .formatted(
                place,
                job.spec().name(),
                job.number(),
                job.spec().model().parameters(),
                job.known().words()));
  }
}

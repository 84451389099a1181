package nimble.node.cli.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import nimble.codec.Bytes;
import nimble.node.cli.Cli;
import nimble.node.cli.console.ExitCode;
import nimble.node.client.BlobTransfer;
import nimble.node.files.JobDraft;
import nimble.node.files.JobFile;
import nimble.node.files.PreparedData;
import nimble.training.role.evidence.CheckpointBlob;
import nimble.training.spec.JobSpec;
import nimble.vm.Machine;
import nimble.vm.data.DataSet;
import nimble.vm.reference.ReferenceMachine;
import nimble.vm.training.ClipFactor;
import nimble.vm.training.StageState;
import nimble.vm.training.StageTrainer;
import nimble.vm.training.StepGradient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a job has trained on a table, on texts or on images tells labels of other rows.
final class ModelPredictTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @TempDir Path folder;

  private Cli.Ran nbcli(String... arguments) {
    return new Cli(folder).nbcli(arguments);
  }

  /// A job file made for the data, and the folder of what it trains.
  private Path train(String template, Path data, int steps, String... more) throws Exception {
    Path job = folder.resolve(template + ".yaml");
    List<String> init = new ArrayList<>(List.of("job", "init", job.toString()));
    init.addAll(List.of("--template", template, "--data", data.toString(), "--stages", "1"));
    init.addAll(List.of(more));
    nbcli(init.toArray(String[]::new)).expect(ExitCode.DONE);
    JobDraft draft = JobFile.read(job);
    Path trained = Files.createDirectory(folder.resolve(template));
    try (PreparedData prepared = draft.prepare();
        Machine machine = new ReferenceMachine()) {
      JobSpec spec = draft.spec(BlobTransfer.manifestOf(prepared.file()), Optional.empty());
      DataSet rows =
          spec.data().open(Bytes.wrap(Files.readAllBytes(prepared.file())), spec.model());
      StageState state = StageState.initial(spec.stageSpecs().getFirst(), spec.training().seed());
      try (StageTrainer trainer = new StageTrainer(machine, spec.training(), state)) {
        for (int step = 0; step < steps; step++) {
          step(trainer, spec, rows, step);
        }
        Bytes checkpoint = CheckpointBlob.export(state).blob().whole();
        Files.write(trained.resolve("stage-0.checkpoint"), checkpoint.toArray());
      }
      Files.write(trained.resolve("job.spec"), spec.encode().toArray());
    }
    return trained;
  }

  private static void step(StageTrainer trainer, JobSpec spec, DataSet rows, int step) {
    for (int i = 0; i < spec.training().microBatches(); i++) {
      DataSet.Example example =
          rows.training(spec.stageSpecs().getFirst(), spec.training(), step, i);
      trainer.train(i, example.inputs(), example.labels());
    }
    StepGradient gradient = trainer.gradient();
    trainer.apply(gradient, ClipFactor.of(spec.training(), List.of(gradient.squareBits())));
  }

  /// One line a row, and one of all.
  private List<JsonNode> predict(Path trained, Path data) throws Exception {
    String job = trained + ".yaml";
    Cli.Ran ran =
        nbcli(
                "model",
                "predict",
                trained.toString(),
                "--job-file",
                job,
                "--data",
                data.toString(),
                "--json")
            .expect(ExitCode.DONE);
    List<JsonNode> lines = new ArrayList<>();
    for (String line : ran.out().lines().toList()) {
      lines.add(MAPPER.readTree(line));
    }
    return lines;
  }

  /// Customers leave when bills are high and stays were short.
  private Path churn(String name, int seed, boolean labelled) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    StringBuilder csv = new StringBuilder(labelled ? "tenure,bill,churned\n" : "bill,tenure\n");
    for (int i = 0; i < 100; i++) {
      int tenure = random.nextInt(72);
      int bill = 20 + random.nextInt(80);
      String leaves = bill - tenure > 20 ? "Yes" : "No";
      csv.append(
          labelled ? "%d,%d,%s\n".formatted(tenure, bill, leaves) : bill + "," + tenure + "\n");
    }
    return Files.writeString(folder.resolve(name), csv);
  }

  @Test
  void f5ATablesModelTellsClassesOfOtherRows() throws Exception {
    Path trained = train("mlp", churn("churn.csv", 1, true), 60);
    List<JsonNode> told = predict(trained, churn("later.csv", 2, true));
    JsonNode all = told.removeLast();
    assertEquals(100, told.size());
    assertEquals(100, all.path("labelled").asInt());
    assertTrue(all.path("accuracy").asDouble() > 0.9, all::toString);
    long right = told.stream().filter(row -> row.path("class").equals(row.path("label"))).count();
    assertEquals(right, all.path("right").asLong());
    assertTrue(told.stream().allMatch(row -> row.path("probability").asDouble() >= 0.5));
    List<JsonNode> unlabelled = predict(trained, churn("new.csv", 2, false));
    assertEquals(0, unlabelled.removeLast().path("labelled").asInt());
    for (int i = 0; i < told.size(); i++) {
      assertEquals(told.get(i).path("class"), unlabelled.get(i).path("class"));
      assertFalse(unlabelled.get(i).has("label"));
    }
    refusals(trained);
  }

  private void refusals(Path trained) throws Exception {
    Path other = folder.resolve("other.yaml");
    Files.writeString(
        other, Files.readString(Path.of(trained + ".yaml")).replace("width: 64", "width: 32"));
    String[] predict = {"model", "predict", trained.toString(), "--data", "x.csv", "--job-file"};
    refused("it trains another model", predict, other);
    Path text = folder.resolve("text.yaml");
    Path words = Files.writeString(folder.resolve("words.txt"), "a b c");
    nbcli("job", "init", text.toString(), "--data", words.toString()).expect(ExitCode.DONE);
    refused("nbcli model infer", predict, text);
    refused("does not exist", predict, folder.resolve("none.yaml"));
    Files.delete(trained.resolve("stage-0.checkpoint"));
    refused("--format nimble", predict, Path.of(trained + ".yaml"));
  }

  private void refused(String words, String[] predict, Path jobFile) {
    List<String> all = new ArrayList<>(List.of(predict));
    all.add(jobFile.toString());
    String err = nbcli(all.toArray(String[]::new)).expect(ExitCode.USER_MISTAKE).err();
    assertTrue(err.contains(words), err);
  }

  /// In the units of the data, not in those of training.
  @Test
  void f5ANumberComesInItsOwnUnits() throws Exception {
    StringBuilder csv = new StringBuilder("x,y\n");
    for (int x = 0; x < 60; x++) {
      csv.append("%d,%d\n".formatted(x, 1_000 + 10 * x));
    }
    Path data = Files.writeString(folder.resolve("line.csv"), csv);
    Path trained = train("mlp", data, 80, "--label", "y");
    List<JsonNode> told = predict(trained, data);
    JsonNode all = told.removeLast();
    assertTrue(all.path("rootMeanSquaredError").asDouble() < 150, all::toString);
    assertEquals(1_590, told.getLast().path("value").asDouble(), 290);
    assertEquals(1_590, told.getLast().path("label").asDouble(), 0.01);
  }

  @Test
  void f5TextsAreToldWithAndWithoutLabels() throws Exception {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      boolean spam = i % 2 == 0;
      lines.append(
          "{\"text\": \"%s %d\", \"label\": \"%s\"}\n"
              .formatted(spam ? "$$$$" : "dear", i, spam ? "spam" : "ham"));
    }
    Path data = Files.writeString(folder.resolve("mail.jsonl"), lines);
    Path trained = train("text-classifier", data, 0);
    JsonNode all = predict(trained, data).getLast();
    assertEquals(40, all.path("labelled").asInt());
    Path one = Files.writeString(folder.resolve("one.jsonl"), "{\"text\": \"dear 1\"}\n");
    List<JsonNode> told = predict(trained, one);
    assertEquals(0, told.getLast().path("labelled").asInt());
    assertEquals(predict(trained, data).get(1).path("class"), told.getFirst().path("class"));
  }

  @Test
  void f5ImagesAreCalledByTheirFiles() throws Exception {
    Path images = Files.createDirectory(folder.resolve("images"));
    for (String name : List.of("dark", "light")) {
      Path of = Files.createDirectory(images.resolve(name));
      BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
      for (int i = 0; i < 64; i++) {
        image.setRGB(i % 8, i / 8, name.equals("dark") ? 0x101010 : 0xf0f0f0);
      }
      for (int i = 0; i < 8; i++) {
        ImageIO.write(image, "png", of.resolve(i + ".png").toFile());
      }
    }
    Path trained = train("cnn", images, 0);
    List<JsonNode> told = predict(trained, images);
    assertEquals("dark/0.png", told.getFirst().path("row").asText());
    assertEquals(16, told.removeLast().path("labelled").asInt());
    List<JsonNode> flat = predict(trained, images.resolve("light"));
    assertEquals("0.png", flat.getFirst().path("row").asText());
    assertEquals(0, flat.getLast().path("labelled").asInt());
    assertEquals(told.getLast().path("class"), flat.getFirst().path("class"));
  }
}

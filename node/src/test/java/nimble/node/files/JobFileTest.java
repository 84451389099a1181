package nimble.node.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import nimble.blob.Manifest;
import nimble.codec.Bytes;
import nimble.training.spec.JobSpec;
import nimble.types.JobId;
import nimble.vm.Cuts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every way in which a `job.yaml` can be wrong, with its line.
final class JobFileTest {
  private static final String GOOD =
      """
      name: a-model
      theme: tales
      model:
        context: 16
        layers: 2
        heads: 2
        width: 32
      data:
        file: text.txt
        split: 0.9
      training:
        steps: 20
        batch: 4
        microBatches: 2
        betas: [0.9, 0.99]
        gradientCodec: bf16
      stages:
        count: 2
      money:
        budget: 12.5
        maxPricePerHour: 3
        deadline: 10m
      """;

  @TempDir Path folder;

  private static JobDraft parse(String text) throws Mistake {
    return JobFile.parse(Path.of("job.yaml"), text);
  }

  private static void refuses(String from, String to, String message) {
    Mistake mistake =
        assertThrows(Mistake.class, () -> parse(GOOD.replace(from, to)), "accepted: " + to);
    assertEquals(message, mistake.words());
  }

  @Test
  void readsAllThatItSays() throws Mistake {
    JobDraft draft = parse(GOOD);
    assertEquals("a-model", draft.name());
    assertEquals(new TextFile(Path.of("text.txt")), draft.data());
    assertEquals(900, draft.trainPermille());
    assertEquals(12_500_000_000L, draft.money().budget());
    assertEquals(600_000, draft.money().deadlineMillis());
    assertEquals(2, draft.cuts().stages());
    assertEquals(20, draft.training().steps());
    assertEquals(2, draft.training().rate().warmup());
  }

  @Test
  void templateIsAGoodJob() throws Exception {
    JobTemplate template =
        new JobTemplate(
            ModelTemplate.GPT,
            "my-model",
            Path.of("text.txt"),
            "text.txt",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    JobDraft draft = parse(template.text());
    assertEquals(3, draft.cuts().stages());
    assertEquals(2_000, draft.training().steps());
  }

  @Test
  void takesCutsAsTheyAre() throws Mistake {
    assertEquals(new Cuts(List.of(2, 4)), parse(GOOD.replace("count: 2", "cuts: [2, 4]")).cuts());
  }

  @Test
  void unknownKeyNamesTheNearest() {
    refuses(
        "  batch: 4",
        "  bacth: 4",
        "job.yaml:13: unknown key 'training.bacth', did you mean 'batch'?");
    refuses("theme: tales", "themes: x", "job.yaml:2: unknown key 'themes', did you mean 'theme'?");
  }

  @Test
  void keyThatStandsTwice() {
    refuses("  batch: 4", "  steps: 4", "job.yaml:13: training.steps stands twice");
  }

  @Test
  void missingKey() {
    refuses("  budget: 12.5\n", "", "job.yaml:20: money.budget is missing");
  }

  @Test
  void wrongType() {
    refuses(
        "steps: 20",
        "steps: many",
        "job.yaml:12: training.steps must be a whole number, was 'many'");
    refuses(
        "steps: 20", "steps: 1.5", "job.yaml:12: training.steps must be a whole number, was '1.5'");
    refuses(
        "steps: 20",
        "steps: [1]",
        "job.yaml:12: training.steps must be a whole number, was a list");
    refuses(
        "steps: 20", "steps:", "job.yaml:12: training.steps must be a whole number, was nothing");
    refuses(
        "[0.9, 0.99]",
        "0.9",
        "job.yaml:15: training.betas must be a list of numbers, such as [0.9, 0.99], was '0.9'");
    refuses("name: a-model", "name: {a: b}", "job.yaml:1: name must be text, was a mapping");
    refuses(
        "budget: 12.5",
        "budget: much",
        "job.yaml:20: money.budget must be an amount of NIM such as 12.5, was 'much'");
    refuses(
        "deadline: 10m",
        "deadline: soon",
        "job.yaml:22: money.deadline must be a duration such as 90s, 15m, 2h or 7d, was 'soon'");
  }

  @Test
  void classesAreServedUnlessAnyWillDo() throws Mistake {
    assertFalse(parse(GOOD).anyClass());
    assertTrue(parse(GOOD + "classes: any\n").anyClass());
    assertFalse(parse(GOOD + "classes: served\n").anyClass());
    refuses(
        "stages:",
        "classes: none\nstages:",
        "job.yaml:17: classes must be served or any, was 'none'");
  }

  @Test
  void outOfRange() {
    refuses(
        "batch: 4", "batch: 0", "job.yaml:13: training.batch must be between 1 and 4096, was 0");
    refuses(
        "batch: 4",
        "batch: 3",
        "job.yaml:14: training.microBatches must be a divisor of the batch 3, was 2");
    refuses(
        "heads: 2", "heads: 3", "job.yaml:6: model.heads must be a divisor of the width 32, was 3");
    refuses("split: 0.9", "split: 1.5", "job.yaml:10: data.split must be between 0 and 1, was 1.5");
    refuses("count: 2", "count: 99", "job.yaml:18: stages.count must be between 1 and 7, was 99");
    refuses("count: 2", "cuts: [9]", "job.yaml:18: stages.cuts[0] must be between 1 and 6, was 9");
    refuses(
        "[0.9, 0.99]",
        "[0.9, 2]",
        "job.yaml:15: training.betas[1] must be between 0.0 and 0.99999, was 2.0");
    refuses(
        "gradientCodec: bf16",
        "gradientCodec: fp8",
        "job.yaml:16: training.gradientCodec must be one of bf16, int8, fp32, was 'fp8'");
    refuses(
        "steps: 20",
        "steps: 99999999999",
        "job.yaml:12: training.steps must be a whole number below 2^31, was 99999999999");
  }

  @Test
  void notYaml() {
    Mistake mistake = assertThrows(Mistake.class, () -> parse("name: [a\nmodel: b"));
    assertEquals("job.yaml:2", mistake.words().substring(0, 10));
    assertEquals(
        "job.yaml is empty", assertThrows(Mistake.class, () -> parse("# nothing\n")).words());
  }

  @Test
  void endlessAliasesAreRefused() {
    assertThrows(Mistake.class, () -> parse("a: &a [x]\nb: &b [*a, *a]\nname: *b\n"));
  }

  @Test
  void dataMustBeThereAndLongEnough() throws IOException, Mistake {
    Path job = folder.resolve("job.yaml");
    Files.writeString(job, GOOD);
    JobDraft draft = JobFile.read(job);
    Path data = folder.resolve("text.txt");
    assertEquals(
        "%s:9: data.file must be a file, was '%s'".formatted(job, data), dataMistake(draft));
    Files.writeString(data, "");
    assertEquals(
        "%s:9: data.file must hold what to train on, but %s is empty".formatted(job, data),
        dataMistake(draft));
    Files.writeString(data, "x".repeat(100));
    assertEquals(
        ("%s:9: data.file must be longer: %s has 100 bytes, of which 90 are trained on and 10 held"
                + " out, and each part must have more than 16 (model.context)")
            .formatted(job, data),
        dataMistake(draft));
    Files.write(data, new byte[1_000]);
    try (PreparedData prepared = draft.prepare()) {
      assertEquals(1_000, prepared.size());
    }
  }

  private static String dataMistake(JobDraft draft) {
    return assertThrows(Mistake.class, draft::prepare).words();
  }

  @Test
  void becomesTheOrderThatItSays() throws Exception {
    Bytes text = Bytes.wrap(new byte[1_000]);
    Manifest manifest = new Manifest(1_000, List.of(Manifest.chunkHash(text)));
    JobSpec spec = parse(GOOD).spec(manifest, Optional.empty());
    assertEquals(spec, JobSpec.decode(spec.encode()));
    assertEquals(manifest.id(), spec.data().manifest());
  }

  @Test
  void startNamesAJobAndMaybeARound() throws Mistake {
    assertEquals(Optional.empty(), parse(GOOD).start());
    Map<String, OptionalInt> all =
        Map.of("12@39", OptionalInt.of(39), "12", OptionalInt.empty(), "12@0", OptionalInt.of(0));
    for (var each : all.entrySet()) {
      String text = GOOD.replace("theme: tales", "start: " + each.getKey());
      assertEquals(Optional.of(new StartKey(new JobId(12), each.getValue())), parse(text).start());
    }
    for (String wrong : List.of("0", "12@", "@3", "job-12", "12@-1")) {
      refuses(
          "theme: tales",
          "start: '%s'".formatted(wrong),
          "job.yaml:2: start must be a job's number, or JOB@ROUND as `nbcli job checkpoints JOB` lists them, was '%s'"
              .formatted(wrong));
    }
  }
}

package nimble.node.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import nimble.codec.Bytes;
import nimble.node.client.BlobTransfer;
import nimble.training.spec.JobSpec;
import nimble.vm.Image;
import nimble.vm.ModelSpec;
import nimble.vm.data.DataSet;
import nimble.vm.reference.ReferenceMachine;
import nimble.vm.template.Cnn;
import nimble.vm.tensor.LittleEndian;
import nimble.vm.training.Pipeline;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// From what a person has to a model that learns (F5).
final class DataSourceTest {
  @TempDir Path folder;

  private JobDraft init(ModelTemplate template, Path data, Optional<String> label)
      throws Mistake, IOException {
    JobTemplate written =
        new JobTemplate(
            template,
            "my model",
            data,
            folder.relativize(data).toString(),
            label,
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    Path job = folder.resolve(template.title() + ".yaml");
    Files.writeString(job, written.text());
    return JobFile.read(job);
  }

  private static JobSpec order(JobDraft draft, PreparedData prepared) throws Mistake, IOException {
    return draft.spec(BlobTransfer.manifestOf(prepared.file()), Optional.empty());
  }

  /// Loss before and after, on rows that were held out.
  private static float[] train(JobDraft draft, int steps) throws Mistake, IOException {
    try (PreparedData prepared = draft.prepare();
        ReferenceMachine machine = new ReferenceMachine()) {
      JobSpec spec = order(draft, prepared);
      DataSet data =
          spec.data().open(Bytes.wrap(Files.readAllBytes(prepared.file())), spec.model());
      try (Pipeline pipeline = new Pipeline(machine, spec.model(), List.of(2), spec.training())) {
        float before = pipeline.validate(data, 4);
        for (int step = 0; step < steps; step++) {
          pipeline.step(data, step);
        }
        return new float[] {before, pipeline.validate(data, 4)};
      }
    }
  }

  /// Customers leave when bills are high and contracts short.
  private Path churn(int rows) throws IOException {
    SplittableRandom random = new SplittableRandom(5);
    StringBuilder csv = new StringBuilder("customer,tenure,contract,\"bill, monthly\",churned\n");
    for (int i = 0; i < rows; i++) {
      int tenure = random.nextInt(72);
      boolean yearly = random.nextBoolean();
      double bill = 20 + random.nextInt(8_000) / 100.0;
      boolean leaves = bill - tenure - (yearly ? 30 : 0) + random.nextInt(20) > 20;
      csv.append(
          "c-%d,%s,%s,%s,%s%n"
              .formatted(
                  i,
                  i % 50 == 7 ? "" : Integer.toString(tenure),
                  yearly ? "one year" : "\"month, to \"\"month\"\"\"",
                  bill,
                  leaves ? "Yes" : "No"));
    }
    return Files.writeString(folder.resolve("churn.csv"), csv);
  }

  @Test
  void f5ATableBecomesAModelThatLearns() throws Exception {
    JobDraft draft = init(ModelTemplate.MLP, churn(400), Optional.empty());
    TableFile table = (TableFile) draft.data();
    assertEquals(List.of("No", "Yes"), table.classes());
    assertEquals(new Column.Ignored(), table.columns().get("customer"));
    assertEquals(
        new Column.OneHot(List.of("month, to \"month\"", "one year")),
        table.columns().get("contract"));
    assertEquals(4, table.features());
    float[] losses = train(draft, 100);
    assertTrue(losses[1] < 0.6 * losses[0], losses[0] + " to " + losses[1]);
  }

  @Test
  void f5ANumberAsLabelIsRegression() throws Exception {
    JobDraft draft = init(ModelTemplate.MLP, churn(300), Optional.of("bill, monthly"));
    assertEquals(List.of(), ((TableFile) draft.data()).classes());
    assertFalse(draft.model().head().labelsAreIds());
    try (PreparedData prepared = draft.prepare()) {
      assertEquals(300L * 4 * (1 + 2 + 2 + 1), prepared.size());
    }
  }

  @Test
  void f5TheSameDataGivesTheSameBytes() throws Exception {
    JobDraft draft = init(ModelTemplate.MLP, churn(60), Optional.empty());
    try (PreparedData one = draft.prepare();
        PreparedData other = draft.prepare()) {
      assertEquals(-1, Files.mismatch(one.file(), other.file()));
    }
  }

  @Test
  void f1AWrongFieldIsNamedWithItsLine() throws Exception {
    Path data = churn(60);
    JobDraft draft = init(ModelTemplate.MLP, data, Optional.empty());
    String good = Files.readString(data);
    refuses(draft, good + "c,x,one year,1,No\n", ":62: tenure must be a number, was 'x'");
    refuses(
        draft,
        good + "c,1,one yaer,1,No\n",
        ":62: contract is 'one yaer', which the job file does not list, did you mean 'one year'?");
    refuses(draft, good + "c,1\n", ":62: 2 fields, but the header has 5 columns");
    refuses(draft, good + "c,\"1\n", ":62: a quote that does not end");
    refuses(
        draft, good.replace("tenure", "tenur"), ":1: no column 'tenure', did you mean 'tenur'?");
  }

  /// Whoever asks what a model says of a row need not have them.
  @Test
  void f5IgnoredColumnsNeedNotBeThere() throws Exception {
    Path data = churn(60);
    JobDraft draft = init(ModelTemplate.MLP, data, Optional.empty());
    byte[] expected;
    try (PreparedData prepared = draft.prepare()) {
      expected = Files.readAllBytes(prepared.file());
    }
    String csv = Files.readString(data);
    Files.writeString(data, csv.replaceAll("(?m)^(c-\\d+|customer),", ""));
    try (PreparedData prepared = draft.prepare()) {
      assertArrayEquals(expected, Files.readAllBytes(prepared.file()));
    }
  }

  /// A quote within a word is a part of it.
  @Test
  void f5WhatIsQuotedSeparatesNoColumns() throws Exception {
    Path data = folder.resolve("header.csv");
    Files.writeString(data, "\"a; \"\"b; c\"\"\",label\n");
    try (CsvFile csv = CsvFile.open(data)) {
      assertEquals(List.of("a; \"b; c\"", "label"), csv.header());
    }
    Files.writeString(data, "5\" of a;b\n");
    try (CsvFile csv = CsvFile.open(data)) {
      assertEquals(List.of("5\" of a", "b"), csv.header());
    }
  }

  private static void refuses(JobDraft draft, String csv, String words) throws IOException {
    Files.writeString(draft.data().path(), csv);
    Mistake mistake = assertThrows(Mistake.class, draft::prepare);
    assertEquals(draft.data().path() + words, mistake.words());
  }

  @Test
  void f5LinesOfJsonBecomeAClassifier() throws Exception {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      lines.append(
          i % 2 == 0
              ? "{\"text\": \"win %d prizes now\", \"label\": \"spam\"}%n".formatted(i)
              : "{\"label\": \"ham\", \"text\": \"see you at %d\"}%n".formatted(i));
    }
    Path data = Files.writeString(folder.resolve("spam.jsonl"), lines);
    JobDraft draft = init(ModelTemplate.TEXT_CLASSIFIER, data, Optional.empty());
    assertEquals(List.of("ham", "spam"), ((LabelledTexts) draft.data()).classes());
    try (PreparedData prepared = draft.prepare()) {
      int[] words = LittleEndian.ints(Bytes.wrap(Files.readAllBytes(prepared.file())));
      assertEquals(60 * 2 * 128, words.length);
      long labelled = 0;
      for (int i = 0; i < words.length; i++) {
        labelled += i % 256 >= 128 && words[i] >= 0 ? 1 : 0;
      }
      assertEquals(60, labelled);
    }
    Files.writeString(data, lines + "{\"txet\": \"a\", \"label\": \"ham\"}\n");
    assertEquals(
        data + ":61: 'text' must be text, was missing, did you mean 'txet'?",
        assertThrows(Mistake.class, draft::prepare).words());
    Files.writeString(data, lines + "{\n");
    assertTrue(
        assertThrows(Mistake.class, draft::prepare).words().startsWith(data + ":61: not JSON: "));
  }

  @Test
  void f5FoldersOfImagesBecomeAClassifier() throws Exception {
    Path images = folder.resolve("images");
    for (String name : List.of("dark", "light")) {
      Files.createDirectories(images.resolve(name));
      for (int i = 0; i < 12; i++) {
        BufferedImage image = new BufferedImage(20 + i, 30, BufferedImage.TYPE_INT_RGB);
        int rgb = name.equals("dark") ? 0x102010 + i : 0xd0e0d0 + i;
        for (int at = 0; at < image.getWidth() * image.getHeight(); at++) {
          image.setRGB(at % image.getWidth(), at / image.getWidth(), rgb);
        }
        ImageIO.write(image, "png", images.resolve(name).resolve(i + ".png").toFile());
      }
    }
    JobDraft draft = init(ModelTemplate.CNN, images, Optional.empty());
    assertEquals(List.of("dark", "light"), ((ImageFolder) draft.data()).classes());
    try (PreparedData prepared = draft.prepare()) {
      Bytes first = Bytes.wrap(Files.readAllBytes(prepared.file())).slice(0, 4 * 3 * 32 * 32 + 4);
      float[] pixels = LittleEndian.floats(first);
      int label = LittleEndian.ints(first)[3 * 32 * 32];
      assertEquals(label == 1 ? 0xe0 / 127.5 - 1 : 0x20 / 127.5 - 1, pixels[32 * 32 + 5], 1e-6);
    }
    Files.writeString(images.resolve("dark").resolve("notes.txt"), "no image");
    assertTrue(
        assertThrows(Mistake.class, draft::prepare)
            .words()
            .endsWith("is not an image that can be read: use PNG, JPEG, BMP or GIF"));
  }

  /// A shade is the same number whether its file keeps colours or greys.
  @Test
  void f5GreysAreWhatTheyAreInColours() throws Exception {
    for (int type :
        List.of(
            BufferedImage.TYPE_INT_RGB,
            BufferedImage.TYPE_BYTE_GRAY,
            BufferedImage.TYPE_USHORT_GRAY)) {
      BufferedImage image = new BufferedImage(5, 3, type);
      int level = type == BufferedImage.TYPE_USHORT_GRAY ? 100 * 257 : 100;
      for (int at = 0; at < 15 * image.getRaster().getNumBands(); at++) {
        image.getRaster().setSample(at % 5, at / 5 % 3, at / 15, level);
      }
      Path images = folder.resolve("type-" + type);
      Files.createDirectories(images.resolve("one"));
      ImageIO.write(image, "png", images.resolve("one").resolve("a.png").toFile());
      ModelSpec model = new Cnn(new Image(1, 2, 2), 1, 1, 2).spec();
      ImageFolder greys = new ImageFolder(images, new Image(1, 2, 2), List.of("one"));
      try (PreparedData prepared = PreparedData.of(greys, model)) {
        float[] pixels = LittleEndian.floats(Bytes.wrap(Files.readAllBytes(prepared.file())));
        assertEquals(100 / 127.5 - 1, pixels[0], 1e-3, "type " + type);
      }
    }
  }

  @Test
  void templatesOfTextReadThemselves() throws Exception {
    Path text = Files.writeString(folder.resolve("text.txt"), "a text ".repeat(200));
    for (ModelTemplate template : List.of(ModelTemplate.GPT, ModelTemplate.LLAMA)) {
      JobDraft draft = init(template, text, Optional.empty());
      assertEquals(3, draft.cuts().stages());
      try (PreparedData prepared = draft.prepare()) {
        assertEquals(List.of(), order(draft, prepared).sizeProblems());
      }
    }
  }

  @Test
  void epochsAndOtherWordsAreUnderstood() throws Exception {
    JobDraft draft = init(ModelTemplate.MLP, churn(400), Optional.empty());
    Path job = folder.resolve("mlp.yaml");
    String text = Files.readString(job).replaceAll("  steps: .*", "  epochs: 2.5");
    Files.writeString(job, text);
    assertEquals((int) Math.ceil(2.5 * 360 / 64), JobFile.read(job).training().steps());
    Files.writeString(job, text.replace("dropout: 0 ", "dropout: 0.1 "));
    assertEquals(0.1f, JobFile.read(job).model().dropout());
    Files.writeString(job, text.replace("dropout: 0 ", "dropout: 1.1 "));
    assertTrue(
        assertThrows(Mistake.class, () -> JobFile.read(job))
            .words()
            .endsWith("training.dropout must be between 0.0 and 0.9, was 1.1"));
    Files.writeString(job, text.replace("precision: fp32", "precision: bf15"));
    assertTrue(
        assertThrows(Mistake.class, () -> JobFile.read(job))
            .words()
            .endsWith("model.precision must be fp32 or bf16, was 'bf15'"));
    assertEquals(2, draft.training().microBatches());
  }
}

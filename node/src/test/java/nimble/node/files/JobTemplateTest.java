package nimble.node.files;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import nimble.vm.ModelSpec;
import nimble.vm.template.Gpt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `nbcli job init` writes shows every key that a job file can have, with its range and with
/// what it is when it is not there.
final class JobTemplateTest {
  /// What only a model of text can have.
  private static final List<String> ADAPTING = List.of("base", "lora", "quantization");

  @TempDir Path folder;

  /// What a text means, to be compared.
  private interface Reading {
    Object read(String text) throws Mistake;
  }

  /// @param elsewhere keys that other templates show
  private static void check(String text, Reading reading, List<String> elsewhere) throws Mistake {
    TemplateKeys keys = TemplateKeys.of(text);
    Object whole = reading.read(text);
    List<String> outermost = known(keys.withUnknown(), reading);
    assertFalse(outermost.isEmpty());
    for (String known : outermost) {
      assertTrue(elsewhere.contains(known) || keys.has("", known), () -> known + " is not shown");
    }
    for (TemplateKeys.Key key : keys.live()) {
      if (key.isGroup()) {
        for (String known : known(keys.withUnknown(key), reading)) {
          assertTrue(keys.has(key.path(), known), () -> key.path() + "." + known + " is not shown");
        }
      } else if (!key.group().equals("data.columns")) {
        assertTrue(key.saysRange(), () -> key + " has no range");
        assertTrue(
            key.saysDefault() || isRequiredOrDefault(keys, key, reading, whole),
            () -> key + " is not what it is without the line, and does not say so");
      }
    }
    keys.reminders().forEach(key -> assertFalse(key.said().isEmpty(), key::toString));
  }

  /// By what is said where a key is not known; none where any is.
  private static List<String> known(String text, Reading reading) {
    String said =
        String.valueOf(assertThrows(Mistake.class, () -> reading.read(text)).getMessage());
    int at = said.indexOf(", known are ");
    return at < 0 ? List.of() : List.of(said.substring(at + 12).split(", ", -1));
  }

  private static boolean isRequiredOrDefault(
      TemplateKeys keys, TemplateKeys.Key key, Reading reading, Object whole) {
    try {
      return reading.read(keys.without(key)).equals(whole);
    } catch (Mistake e) {
      return true;
    }
  }

  private void check(ModelTemplate template, Path data, Optional<String> label) throws Exception {
    JobTemplate written =
        new JobTemplate(
            template,
            "mine",
            data,
            folder.relativize(data).toString(),
            label,
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    List<String> elsewhere = template.isText() ? List.of() : ADAPTING;
    check(written.text(), this::meaning, elsewhere);
  }

  private Object meaning(String text) throws Mistake {
    JobDraft draft = JobFile.parse(folder.resolve("job.yaml"), text);
    return List.of(
        draft.name(),
        draft.theme(),
        draft.model(),
        draft.data(),
        draft.trainPermille(),
        draft.training(),
        draft.cuts(),
        draft.device(),
        draft.anyClass(),
        draft.money());
  }

  @Test
  void f5TextTemplatesShowEveryKey() throws Exception {
    Path text = Files.writeString(folder.resolve("text.txt"), "a text ".repeat(200));
    check(ModelTemplate.GPT, text, Optional.empty());
    check(ModelTemplate.LLAMA, text, Optional.empty());
  }

  @Test
  void f5TableTemplateShowsEveryKey() throws Exception {
    Path table =
        Files.writeString(
            folder.resolve("table.csv"), "who,size,leaves\n" + "a,1,Yes\nb,2,No\n".repeat(20));
    check(ModelTemplate.MLP, table, Optional.empty());
    check(ModelTemplate.MLP, table, Optional.of("size"));
  }

  @Test
  void f5ClassifiersOfTextShowEveryKey() throws Exception {
    Path texts =
        Files.writeString(
            folder.resolve("texts.csv"),
            "text,label\n" + "win a prize,spam\nsee you,ham\n".repeat(20));
    check(ModelTemplate.TEXT_CLASSIFIER, texts, Optional.empty());
  }

  @Test
  void f5ImageTemplateShowsEveryKey() throws Exception {
    Path images = folder.resolve("images");
    for (String name : List.of("dark", "light")) {
      image(Files.createDirectories(images.resolve(name)).resolve("one.png"));
    }
    check(ModelTemplate.CNN, images, Optional.empty());
  }

  private static void image(Path file) throws IOException {
    ImageIO.write(new BufferedImage(4, 4, BufferedImage.TYPE_INT_RGB), "png", file.toFile());
  }

  /// The base is not opened: its model is given.
  @Test
  void f5AdapterTemplateShowsEveryKey() throws Exception {
    ModelSpec model = new Gpt(256, 8, 2, 2, 16, true).spec();
    String text = AdapterTemplate.of("there", model).text();
    check(
        text,
        adapted -> {
          YamlMap root = YamlMap.parse("job.yaml", adapted);
          root.only("base", "model", "lora", "quantization").text("base");
          root.map("model").only("precision");
          return AdapterKeys.adapted(model, root, new JobLines("job.yaml", root))
              .in(ModelTemplate.precision(root.map("model")));
        },
        List.of());
  }
}

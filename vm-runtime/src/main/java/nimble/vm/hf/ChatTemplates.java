package nimble.vm.hf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.vm.text.ChatTemplate;

/// Which template the one that came with a model is; it is a program in a template language, and is
/// looked at, never run (H4).
public final class ChatTemplates {
  private static final String FILE = "chat_template.jinja";
  private static final String KEY = "chat_template";
  private static final int NAMED_MAX = 64;

  private ChatTemplates() {}

  /// Empty when the model has none.
  ///
  /// @throws Malformed when it has one that is not known here
  public static Optional<ChatTemplate> of(Path folder) throws Malformed, IOException {
    Optional<String> program = program(folder);
    if (program.isEmpty()) {
      return Optional.empty();
    }
    Optional<ChatTemplate> known = ChatTemplate.recognize(program.get());
    if (known.isEmpty()) {
      throw new Malformed(
          "%s: its chat template is not known here, and templates are never run: choose one by name (%s)"
              .formatted(folder, String.join(", ", ChatTemplate.words())));
    }
    return known;
  }

  private static Optional<String> program(Path folder) throws Malformed, IOException {
    Path file = folder.resolve(FILE);
    if (Files.isRegularFile(file)) {
      Bytes text = HfFiles.read(file, HfFiles.CONFIG_BYTES_MAX);
      return Optional.of(new String(text.toArray(), StandardCharsets.UTF_8));
    }
    Path config = folder.resolve(HfFiles.TOKENIZER_CONFIG);
    return Files.isRegularFile(config)
        ? program(
            JsonObject.parse(
                HfFiles.TOKENIZER_CONFIG, HfFiles.read(config, HfFiles.CONFIG_BYTES_MAX * 8)))
        : Optional.empty();
  }

  /// One, or several by name, of which `default` counts.
  private static Optional<String> program(JsonObject config) throws Malformed {
    if (!config.has(KEY)) {
      return Optional.empty();
    }
    if (!config.isList(KEY)) {
      return Optional.of(config.text(KEY));
    }
    List<JsonObject> named = config.objects(KEY, NAMED_MAX);
    for (JsonObject one : named) {
      if (one.text("name").equals("default")) {
        return Optional.of(one.text("template"));
      }
    }
    return Optional.empty();
  }
}

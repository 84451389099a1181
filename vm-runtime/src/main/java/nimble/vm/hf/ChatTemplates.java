package nimble.vm.hf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
  public static Optional<ChatTemplate> of(SmallFiles files) throws Malformed, IOException {
    Optional<String> program = program(files);
    if (program.isEmpty()) {
      return Optional.empty();
    }
    Optional<ChatTemplate> known = ChatTemplate.recognize(program.get());
    if (known.isEmpty()) {
      throw new Malformed(
          "the model's chat template is not known here, and templates are never run: choose one by name (%s)"
              .formatted(String.join(", ", ChatTemplate.words())));
    }
    return known;
  }

  private static Optional<String> program(SmallFiles files) throws Malformed, IOException {
    Optional<Bytes> file = files.find(FILE, HfFiles.CONFIG_BYTES_MAX);
    if (file.isPresent()) {
      return file.map(it -> new String(it.toArray(), StandardCharsets.UTF_8));
    }
    Optional<Bytes> config = files.find(HfFiles.TOKENIZER_CONFIG, HfFiles.CONFIG_BYTES_MAX * 8);
    return config.isPresent()
        ? program(JsonObject.parse(HfFiles.TOKENIZER_CONFIG, config.get()))
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

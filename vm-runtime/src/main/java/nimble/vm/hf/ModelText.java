package nimble.vm.hf;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import nimble.blob.Blob;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.vm.text.ChatTemplate;
import nimble.vm.text.TextForm;
import nimble.vm.text.Tokenizer;

/// How the text of a model is read and written, as its folder says: the tokenizer's file, the
/// template that its own is ([ChatTemplates]), and every token that it names as an end.
///
/// @param file its `tokenizer.json`
public record ModelText(TextForm form, Bytes file) {
  /// Makes a tokenizer of its file.
  @FunctionalInterface
  public interface Opening {
    Tokenizer open(Bytes file) throws Malformed;
  }

  /// Empty when the model has no tokenizer that is known here.
  ///
  /// @param chosen instead of the model's own template
  public static Optional<ModelText> of(
      SmallFiles files, Optional<ChatTemplate> chosen, Opening opening)
      throws Malformed, IOException {
    Optional<Bytes> file = files.find(HfFiles.TOKENIZER, Tokens.FILE_BYTES_MAX);
    if (file.isEmpty()) {
      return Optional.empty();
    }
    try (Tokenizer tokenizer = opening.open(file.get())) {
      Optional<ChatTemplate> template = chosen.isPresent() ? chosen : own(files, tokenizer);
      List<String> missing = template.map(it -> it.missing(tokenizer)).orElse(List.of());
      if (!missing.isEmpty()) {
        throw new Malformed(
            "the tokenizer has no %s, which the template %s needs"
                .formatted(String.join(", ", missing), template.orElseThrow().word()));
      }
      TreeSet<Integer> ends = new TreeSet<>();
      for (String name : List.of(HfFiles.CONFIG, HfFiles.GENERATION_CONFIG)) {
        Optional<Bytes> config = files.find(name, HfFiles.CONFIG_BYTES_MAX);
        if (config.isPresent()) {
          ends.addAll(SpecialTokens.read(JsonObject.parse(name, config.get())).ends());
        }
      }
      template.flatMap(ChatTemplate::end).flatMap(tokenizer::id).ifPresent(ends::add);
      TextForm form =
          new TextForm(
              Blob.of(file.get()).id(), template, ends.stream().limit(TextForm.ENDS_MAX).toList());
      return Optional.of(new ModelText(form, file.get()));
    }
  }

  /// One that is not known here, or is not meant for this tokenizer, is as good as none.
  private static Optional<ChatTemplate> own(SmallFiles files, Tokenizer tokenizer)
      throws IOException {
    try {
      return ChatTemplates.of(files).filter(it -> it.missing(tokenizer).isEmpty());
    } catch (Malformed e) {
      return Optional.empty();
    }
  }
}

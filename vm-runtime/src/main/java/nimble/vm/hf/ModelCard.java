package nimble.vm.hf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The `README.md` of a model folder: where the model comes from, and how anybody can check that.
///
/// @param name of the model
/// @param job its number and its chain
/// @param metadata what the chain remembers of the job, by the names of its fields
/// @param receipts files of the folder that prove it
/// @param base what it was made from
/// @param adapter what was trained is an adapter for the base only
/// @param converted the folder holds a model of text in the form of the usual libraries
public record ModelCard(
    String name,
    String job,
    List<Map.Entry<String, String>> metadata,
    List<String> receipts,
    Optional<String> base,
    boolean adapter,
    boolean converted) {
  private static final String FILE = "README.md";

  public ModelCard {
    metadata = List.copyOf(metadata);
    receipts = List.copyOf(receipts);
  }

  public void write(Path folder) throws IOException {
    Files.writeString(folder.resolve(FILE), text());
  }

  String text() {
    StringBuilder text = new StringBuilder("---\n");
    if (converted) {
      text.append("library_name: ").append(adapter ? "peft" : "transformers").append('\n');
      text.append("pipeline_tag: text-generation\n");
    }
    base.ifPresent(it -> text.append("base_model: ").append(quoted(it)).append('\n'));
    text.append("tags:\n- nimble\n");
    text.append(adapter ? "- lora\n" : "");
    text.append("---\n\n# ").append(plain(name)).append("\n\n");
    text.append(
        "Trained on the Nimble network as %s: every step was committed to, and a random part of them done again by validators.\n\n"
            .formatted(plain(job)));
    text.append("## What the chain remembers\n\n| field | value |\n|---|---|\n");
    metadata.forEach(
        it -> text.append("| %s | %s |\n".formatted(plain(it.getKey()), plain(it.getValue()))));
    if (!receipts.isEmpty()) {
      text.append(
          "\n## Receipts\n\nThese prove the above without trust in whoever hands it on:\n\n");
      receipts.forEach(
          it -> text.append("- `%s`: check it with `nbcli verify receipt %s`\n".formatted(it, it)));
    }
    return text.toString();
  }

  /// As YAML's quoted text.
  private static String quoted(String text) {
    return "\""
        + text.replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("\\p{Cntrl}", " ")
        + "\"";
  }

  /// What could be markup is shown as it is.
  private static String plain(String text) {
    return text.replaceAll("\\p{Cntrl}", " ")
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replaceAll("([\\\\`*_{}\\[\\]|#])", "\\\\$1");
  }
}

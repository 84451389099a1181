package nimble.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import nimble.node.files.Json;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Where a command's words go (I2).
final class Output {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  @Option(names = "--json", description = "Print JSON: one document, or one per line for streams.")
  private boolean json;

  boolean isJson() {
    return json;
  }

  /// The result of a command.
  void document(JsonNode document, String text) {
    out().println(json ? Json.show(document) : text.stripTrailing());
  }

  /// One item of a stream.
  void item(JsonNode item, String text) {
    out().println(json ? Json.line(item) : text);
    out().flush();
  }

  /// A part of a result that is text by itself, such as generated words; nothing with `--json`.
  void raw(String text) {
    if (!json) {
      out().print(text);
      out().flush();
    }
  }

  /// Beside the result.
  void note(String text) {
    command.commandLine().getErr().println(text);
  }

  Surroundings surroundings() {
    return Root.surroundingsOf(command);
  }

  /// Progress of something that takes a while; silent when nobody watches.
  Progress progress(String what, long total) {
    return new Progress(
        command.commandLine().getErr(), what, total, surroundings().terminal().isPresent());
  }

  private PrintWriter out() {
    return command.commandLine().getOut();
  }
}

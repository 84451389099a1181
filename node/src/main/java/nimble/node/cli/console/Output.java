package nimble.node.cli.console;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import nimble.node.files.Json;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Where a command's words go (I2).
public final class Output {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  @Option(names = "--json", description = "Print JSON: one document, or one per line for streams.")
  private boolean json;

  /// Whether words for people would be lost.
  public boolean isJson() {
    return json;
  }

  /// The result of a command.
  public void document(JsonNode document, String text) {
    out().println(json ? Json.show(document) : text.stripTrailing());
  }

  /// One item of a stream.
  public void item(JsonNode item, String text) {
    out().println(json ? Json.line(item) : text);
    out().flush();
  }

  /// A part of a result that is text by itself, such as generated words; nothing with `--json`.
  public void raw(String text) {
    if (!json) {
      out().print(text);
      out().flush();
    }
  }

  /// Beside the result.
  public void note(String text) {
    command.commandLine().getErr().println(text);
  }

  /// Of the command that this belongs to.
  public Surroundings surroundings() {
    return Root.surroundingsOf(command);
  }

  /// Progress of something that takes a while; silent when nobody watches.
  public Progress progress(String what, long total) {
    return new Progress(
        command.commandLine().getErr(), what, total, surroundings().terminal().isPresent());
  }

  private PrintWriter out() {
    return command.commandLine().getOut();
  }
}

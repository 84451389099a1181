package nimble.node.cli.console;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nimble.node.files.Json;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Where a command's words go (I2).
public final class Output {
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}&&[^\n\t]]");

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
    out().println(plain(json ? Json.show(document) : text.stripTrailing()));
  }

  /// One item of a stream.
  public void item(JsonNode item, String text) {
    out().println(plain(json ? Json.line(item) : text));
    out().flush();
  }

  /// A part of a result that is text by itself, such as generated words; nothing with `--json`.
  public void raw(String text) {
    if (!json) {
      out().print(plain(text));
      out().flush();
    }
  }

  /// Beside the result.
  public void note(String text) {
    command.commandLine().getErr().println(plain(text));
  }

  /// Of the command that this belongs to.
  public Surroundings surroundings() {
    return Root.surroundingsOf(command);
  }

  /// Progress of something that takes a while; silent when nobody watches.
  public Progress progress(String what, long total) {
    return new Progress(
        command.commandLine().getErr(), plain(what), total, surroundings().terminal().isPresent());
  }

  /// What others wrote moves no cursor and hides nothing (I5): characters that a terminal obeys are
  /// written as JSON escapes them.
  public static String plain(String text) {
    return CONTROL
        .matcher(text)
        .replaceAll(
            it -> Matcher.quoteReplacement("\\u%04x".formatted((int) it.group().charAt(0))));
  }

  private PrintWriter out() {
    return command.commandLine().getOut();
  }
}

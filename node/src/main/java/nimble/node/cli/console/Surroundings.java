package nimble.node.cli.console;

import java.io.Console;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import nimble.node.files.Home;

/// What a command finds around it: the environment and, perhaps, somebody at a terminal.
///
/// @param terminal empty when nobody can be asked (I4)
/// @param input whose end may tell a node to stop
public record Surroundings(
    Map<String, String> environment, Optional<Terminal> terminal, InputStream input) {
  /// Somebody who can be asked.
  public interface Terminal {
    String password(String prompt);

    String line(String prompt);
  }

  /// The console is null without a terminal from JDK 25 on, and said so itself in some before.
  @SuppressWarnings("SystemConsoleNull")
  public static Surroundings system() {
    Console console = System.console();
    return new Surroundings(
        System.getenv(),
        console != null && console.isTerminal() ? Optional.of(of(console)) : Optional.empty(),
        System.in);
  }

  /// Where settings, wallets and networks are: `NIMBLE_HOME`, or `~/.nimble`.
  public Home home() {
    return Home.of(environment);
  }

  private static Terminal of(Console console) {
    return new Terminal() {
      @Override
      public String password(String prompt) {
        char[] typed = console.readPassword("%s", prompt);
        return typed == null ? "" : new String(typed);
      }

      @Override
      public String line(String prompt) {
        String typed = console.readLine("%s", prompt);
        return typed == null ? "" : typed;
      }
    };
  }
}

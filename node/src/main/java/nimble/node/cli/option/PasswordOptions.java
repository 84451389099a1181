package nimble.node.cli.option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import nimble.node.cli.console.Root;
import nimble.node.cli.console.Surroundings;
import nimble.node.files.Mistake;
import nimble.node.files.SafeFile;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Where a password comes from: `--password-file`, then `NIMBLE_PASSWORD`, then the terminal.
public final class PasswordOptions {
  private static final long BYTES_MAX = 4_096;
  private static final int LENGTH_MIN = 8;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description = "Holds the password; else NIMBLE_PASSWORD or a prompt.")
  private Optional<Path> file = Optional.empty();

  /// Within other options the mixee is these, which know no root.
  PasswordOptions under(CommandSpec real) {
    command = real;
    return this;
  }

  /// @param what the password is of, for whoever types it
  public String existing(String what) throws Mistake, IOException {
    Optional<String> given = given();
    return given.isPresent() ? given.get() : terminal().password("Password of " + what + ": ");
  }

  /// For a key that is made now: asked for twice, and not too short.
  public String fresh(String what) throws Mistake, IOException {
    Optional<String> given = given();
    String password =
        given.isPresent() ? given.get() : terminal().password("New password of " + what + ": ");
    if (password.length() < LENGTH_MIN) {
      throw Mistake.of(
          "the password of %s must have at least %d characters, had %d",
          what, LENGTH_MIN, password.length());
    }
    if (given.isEmpty() && !terminal().password("The same again: ").equals(password)) {
      throw new Mistake("the two passwords differ");
    }
    return password;
  }

  private Optional<String> given() throws Mistake, IOException {
    if (file.isPresent()) {
      return Optional.of(SafeFile.read(file.get(), BYTES_MAX).lines().findFirst().orElse(""));
    }
    return Optional.ofNullable(surroundings().environment().get("NIMBLE_PASSWORD"));
  }

  private Surroundings.Terminal terminal() throws Mistake {
    return surroundings()
        .terminal()
        .orElseThrow(() ->
            new Mistake("a password is needed: give --password-file FILE or set NIMBLE_PASSWORD"));
  }

  private Surroundings surroundings() {
    return Root.surroundingsOf(command);
  }
}

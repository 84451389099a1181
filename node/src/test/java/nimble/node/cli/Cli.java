package nimble.node.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import nimble.crypto.KeyKind;
import nimble.crypto.ScryptCost;
import nimble.crypto.SigningKey;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Root;
import nimble.node.cli.console.Surroundings;
import nimble.node.files.KeystoreFile;

/// Runs commands as a script would: no terminal, an environment of its own.
public final class Cli {
  public static final String PASSWORD = "correct horse";

  /// What a command did.
  public record Ran(int code, String out, String err) {
    public Ran expect(int expected) {
      assertEquals(expected, code, () -> "out: " + out + "\nerr: " + err);
      return this;
    }

    public JsonNode json() {
      try {
        return new ObjectMapper().readTree(out);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private final Map<String, String> environment = new LinkedHashMap<>();
  private InputStream input = InputStream.nullInputStream();
  private Optional<Surroundings.Terminal> terminal = Optional.empty();

  public Cli(Path home) {
    environment.put("NIMBLE_HOME", home.toString());
    environment.put("NIMBLE_PASSWORD", PASSWORD);
  }

  public Cli with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  /// What a node that stops with its input reads.
  Cli reading(InputStream stream) {
    input = stream;
    return this;
  }

  /// With somebody who is asked.
  Cli at(Surroundings.Terminal person) {
    terminal = Optional.of(person);
    return this;
  }

  Cli without(String variable) {
    environment.remove(variable);
    return this;
  }

  public Ran nbcli(String... arguments) {
    return run(new NbcliMain(surroundings()), arguments);
  }

  public Ran nimble(String... arguments) {
    return run(new NimbleMain(surroundings()), arguments);
  }

  /// Its address.
  String freshWallet(String name) {
    return nbcli("wallet", "create", "--wallet.name", name, "--json")
        .expect(ExitCode.DONE)
        .json()
        .path("address")
        .asText();
  }

  /// A wallet of a key that is known, without words.
  public void keepWallet(String name, SigningKey account) throws Exception {
    KeystoreFile.create(
        surroundings().home().accountKey(name),
        KeyKind.ACCOUNT,
        account.publicKey().bytes(),
        account.seed(),
        PASSWORD,
        ScryptCost.FAST);
  }

  Surroundings surroundings() {
    return new Surroundings(Map.copyOf(environment), terminal, input);
  }

  private static Ran run(Root root, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        CommandRun.of(root, new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    return new Ran(code, out.toString(), err.toString());
  }
}

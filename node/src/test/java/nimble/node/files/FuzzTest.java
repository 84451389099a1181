package nimble.node.files;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.genesis.Genesis;
import nimble.sim.FuzzTarget;
import nimble.vm.hf.Lines;
import org.junit.jupiter.api.Test;

/// Files that people write: whatever is wrong with one is a [Mistake].
public final class FuzzTest {
  private static final Path FILE = Path.of("file");

  private static final List<FuzzTarget> TARGETS =
      List.of(
          FuzzTarget.loose(
              "GenesisFile", FuzzTest::genesis, it -> Bytes.utf8(GenesisFile.show(it))),
          read("KeystoreFile", text -> KeystoreFile.parse(FILE, text)),
          read("JobFile", text -> JobFile.parse(FILE, text)),
          read("NodeConfig", text -> NodeConfig.parse(FILE, text)),
          read("YamlMap", text -> YamlMap.parse("file", text)),
          read("Csv", FuzzTest::table),
          read("LabelledLines", FuzzTest::labelled));

  @FunctionalInterface
  private interface Parser {
    Object parse(String text) throws Mistake;
  }

  /// Every row has a field for every column.
  private static Object table(String text) throws Mistake {
    try (CsvFile csv = CsvFile.of(FILE, new StringReader(text))) {
      Optional<CsvFile.Row> row = csv.next();
      while (row.isPresent()) {
        if (row.get().fields().size() != csv.header().size()) {
          throw new AssertionError("a row of other columns");
        }
        row = csv.next();
      }
      return csv.header();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Object labelled(String text) throws Mistake {
    Bytes bytes = Bytes.utf8(text);
    try (Lines lines = Lines.of("file", new ByteArrayInputStream(bytes.toArray()), 1 << 10)) {
      LabelledTexts.eachLine(FILE, lines, "text", "label", false, (_, _, _) -> {});
      return text;
    } catch (Malformed e) {
      throw new Mistake(e.reason());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static FuzzTarget read(String name, Parser parser) {
    return FuzzTarget.through(
        name,
        input -> {
          try {
            parser.parse(text(input));
            return input;
          } catch (Mistake e) {
            throw new Malformed(e.words());
          }
        });
  }

  private static Genesis genesis(Bytes input) throws Malformed {
    try {
      return GenesisFile.parse("file", text(input));
    } catch (Mistake e) {
      throw new Malformed(e.words());
    }
  }

  private static String text(Bytes input) {
    return new String(input.toArray(), StandardCharsets.UTF_8);
  }

  public static void fuzzerTestOneInput(byte[] input) {
    FuzzTarget.run(TARGETS, input);
  }

  @Test
  void everyParserSaysWhatIsWrong() {
    FuzzTarget.replay(FuzzTest.class, TARGETS);
  }
}

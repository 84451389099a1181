package nimble.vm.hf;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import nimble.vm.tensor.Floats;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Where Python has the library: it reads what we write without a question, and computes the same.
final class TransformersTest {
  private static final Path SCRIPT = Path.of("../scripts/golden");

  @TempDir private Path temporary;

  @Test
  void h6TheLibraryLoadsWhatWeWrite() throws Exception {
    List<Path> folders = new ArrayList<>();
    for (String name : Golden.MODELS) {
      try (ModelFolder folder = Golden.open(name);
          Floats weights = Golden.weights(folder)) {
        Path to = Files.createDirectory(temporary.resolve(name));
        StageWeights stage = new StageWeights(folder.spec().whole(1), Dtype.F32, weights.segment());
        ModelExport.of(folder.spec(), List.of(stage), Dtype.F32, 20_000)
            .write(to, Tokens.of(Golden.folder(name)), _ -> {});
        Golden.copyLogits(Golden.folder(name), to);
        folders.add(to);
      }
    }
    run("check", folders);
  }

  /// Skips the test where the script has nothing to run.
  static void run(String command, List<Path> folders) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of(SCRIPT.toString(), command));
    folders.forEach(folder -> words.add(folder.toString()));
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = process.waitFor();
    Assumptions.assumeFalse(said.contains("golden: skipped"), said);
    assertEquals(0, code, said);
  }
}

package nimble.vm.djl;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import nimble.codec.Bytes;
import nimble.vm.Fixtures;
import nimble.vm.Machine;
import nimble.vm.ModelSpec;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;
import nimble.vm.template.Gpt;
import nimble.vm.training.StageState;
import org.junit.jupiter.api.Test;

/// D4: calls leave nothing behind.
final class SoakTest {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final ModelSpec MODEL = new Gpt(64, 32, 1, 2, 64, true).spec();

  @Test
  void d4MemoryDoesNotGrow() throws IOException {
    assumeTrue(Files.exists(STATUS));
    Machine machine = new DjlMachine();
    StageSpec inner = new StageSpec(MODEL, 0, 3, 8);
    StageSpec last = new StageSpec(MODEL, 3, 5, 8);
    try (StageState innerState = StageState.initial(inner, 1);
        StageState lastState = StageState.initial(last, 1);
        StageProgram first = machine.load(inner, innerState.weights());
        StageProgram second = machine.load(last, lastState.weights())) {
      run(first, second, 100);
      long before = residentKilobytes();
      run(first, second, 400);
      long grown = residentKilobytes() - before;
      // One activation (64 KiB) kept by each call would be 25 MB.
      assertTrue(grown < 12_000, "resident memory grew by %d kB".formatted(grown));
    }
  }

  private static void run(StageProgram first, StageProgram second, int calls) {
    Bytes ids = Fixtures.input(first.spec(), 1);
    Bytes labels = Fixtures.labels(second.spec(), 1);
    for (int i = 0; i < calls; i++) {
      var tape = first.forward(ids);
      first.backward(tape, second.train(tape.output(), labels, 1).inputGradient());
      second.loss(first.infer(ids), labels);
      if (i % 20 == 0) {
        try (var session = first.decode()) {
          session.append(ids.slice(0, 4 * 5));
        }
      }
    }
  }

  private static long residentKilobytes() throws IOException {
    System.gc();
    return Files.readAllLines(STATUS).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}

package nimble.vm.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import nimble.types.Hash;
import nimble.vm.Fixtures;
import nimble.vm.Machine;
import nimble.vm.ModelSpec;
import nimble.vm.StageSpec;
import nimble.vm.template.Gpt;
import nimble.vm.training.Probe;
import org.junit.jupiter.api.Test;

/// M3 on the real library: not on time, not on neighbours, not on the process.
final class SameBitsTest {
  private static final ModelSpec MODEL = new Gpt(256, 32, 2, 4, 64, true).spec();
  private static final List<StageSpec> STAGES =
      List.of(
          new StageSpec(MODEL, 0, 2, 3),
          new StageSpec(MODEL, 2, 4, 3),
          new StageSpec(MODEL, 4, 7, 3));

  /// The other process's entry point.
  public static void main(String[] arguments) {
    for (StageSpec stage : STAGES) {
      System.out.println(probe(new DjlMachine(), stage));
    }
  }

  @Test
  void m3ProgramsBesideEachOtherDoNotDisturb() throws Exception {
    Machine machine = new DjlMachine();
    List<Hash> alone = STAGES.stream().map(stage -> probe(machine, stage)).toList();
    try (var pool = Executors.newFixedThreadPool(2)) {
      List<Callable<Hash>> work = new ArrayList<>();
      for (int round = 0; round < 4; round++) {
        STAGES.forEach(stage -> work.add(() -> probe(machine, stage)));
      }
      List<Future<Hash>> together = pool.invokeAll(work);
      for (int i = 0; i < together.size(); i++) {
        assertEquals(alone.get(i % STAGES.size()), together.get(i).get());
      }
    }
  }

  @Test
  void m3AnotherProcessGivesTheSameBits() throws IOException, InterruptedException {
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                SameBitsTest.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String output = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, other.waitFor());
    Machine machine = new DjlMachine();
    assertEquals(
        STAGES.stream().map(stage -> probe(machine, stage).toString()).toList(),
        output.lines().toList());
  }

  private static Hash probe(Machine machine, StageSpec stage) {
    return Probe.measure(machine, stage, Fixtures.TRAINING, Hash.ZERO);
  }
}

package nimble.vm.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import nimble.types.Hash;
import nimble.vm.Fixtures;
import nimble.vm.StageSpec;
import nimble.vm.training.Probe;
import org.junit.jupiter.api.Test;

/// D7 on a machine without a GPU: what is refused, and that the library takes and keeps every
/// switch.
final class LibtorchTest {
  private static final StageSpec STAGE = Fixtures.GPT.whole(2);

  /// Another process's entry point: settings and switches are a process's.
  public static void main(String[] arguments) {
    if (arguments[0].equals("cuda")) {
      try {
        new DjlMachine(Numeric.usual().on(Numeric.Device.CUDA)).close();
        System.out.println("on CUDA");
      } catch (NoDevice e) {
        System.out.println(e.getMessage());
      }
      return;
    }
    DjlMachine machine = new DjlMachine();
    Libtorch library = Libtorch.load();
    System.out.println(library.isStrict());
    library.makeStrict();
    System.out.println(library.isStrict());
    System.out.println(Probe.measure(machine, STAGE, Fixtures.TRAINING, Hash.ZERO));
    System.out.println(Probe.measure(machine, STAGE, Fixtures.TRAINING, Hash.ZERO));
  }

  @Test
  void d7ALibraryForTheCpuIsRefusedWithTheRemedy() throws IOException, InterruptedException {
    assumeTrue(System.getenv("PYTORCH_LIBRARY_PATH") == null);
    List<String> said = run("cuda");
    assertEquals(1, said.size(), said::toString);
    for (String words :
        List.of(
            "libtorch 2.7.1 in ",
            "is made for the CPU",
            "PYTORCH_LIBRARY_PATH",
            "PYTORCH_VERSION=2.7.1",
            "PYTORCH_FLAVOR=cu128")) {
      assertTrue(said.getFirst().contains(words), said::toString);
    }
  }

  @Test
  void d7TheLibraryKeepsEverySwitchAndStillTrains() throws IOException, InterruptedException {
    List<String> said = run("strict");
    assertEquals(List.of("false", "true"), said.subList(0, 2));
    assertEquals(said.get(2), said.get(3));
  }

  @Test
  void d7WhatAProcessHasIsNotChosenAgain() {
    new DjlMachine();
    assertThrows(
        IllegalStateException.class, () -> new DjlMachine(Numeric.usual().on(Numeric.Device.CUDA)));
  }

  private static List<String> run(String argument) throws IOException, InterruptedException {
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                LibtorchTest.class.getName(),
                argument)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String output = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, other.waitFor());
    return output.lines().toList();
  }
}

package nimble.node.wide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The wires themselves, between two hosts. Skipped where namespaces cannot be made.
final class WiresTest {
  private static final int TIMED_OUT = 124;
  private static final int REFUSED = 1;
  private static final int ONE_WAY_MILLIS = 80;

  private static Wires open() throws InterruptedException {
    try {
      return Wires.open(2, 0);
    } catch (IOException e) {
      return abort("no network namespaces here: " + e.getMessage());
    }
  }

  /// Nothing listens on the other host: its kernel says so, when it is reached.
  private static int knock(Wires wires, int patienceSeconds)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(wires.on(0));
    command.addAll(
        List.of(
            "timeout",
            Integer.toString(patienceSeconds),
            "bash",
            "-c",
            "exec 2>/dev/null 3<>/dev/tcp/%s/9".formatted(Wires.address(1))));
    return new ProcessBuilder(command).start().waitFor();
  }

  @Test
  void x1APacketTakesTheDelayOfBothAndPartitionsHoldAndHeal() throws Exception {
    try (Wires wires = open()) {
      wires.delay(0, ONE_WAY_MILLIS / 2);
      wires.delay(1, ONE_WAY_MILLIS / 2);
      long begun = System.nanoTime();
      assertEquals(REFUSED, knock(wires, 60));
      assertTrue(System.nanoTime() - begun >= 2_000_000L * ONE_WAY_MILLIS, "too soon");
      wires.split(List.of(0, 1));
      assertEquals(TIMED_OUT, knock(wires, 2));
      wires.split(List.of(0, 0));
      assertEquals(REFUSED, knock(wires, 60));
    }
  }
}

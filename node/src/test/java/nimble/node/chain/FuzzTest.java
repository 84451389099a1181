package nimble.node.chain;

import java.util.List;
import nimble.sim.FuzzTarget;
import org.junit.jupiter.api.Test;

/// What catching up reads from sockets.
public final class FuzzTest {
  private static final List<FuzzTarget> TARGETS =
      List.of(FuzzTarget.through("FinalizedItem", input -> FinalizedItem.decode(input).encode()));

  public static void fuzzerTestOneInput(byte[] input) {
    FuzzTarget.run(TARGETS, input);
  }

  @Test
  void everyDecoderRefusesOrRoundTrips() {
    FuzzTarget.replay(FuzzTest.class, TARGETS);
  }
}

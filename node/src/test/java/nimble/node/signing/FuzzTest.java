package nimble.node.signing;

import java.util.List;
import nimble.sim.FuzzTarget;
import org.junit.jupiter.api.Test;

/// What is read from the signing history.
public final class FuzzTest {
  private static final List<FuzzTarget> TARGETS =
      List.of(FuzzTarget.through("SigningHistory", input -> SigningHistory.decode(input).encode()));

  public static void fuzzerTestOneInput(byte[] input) {
    FuzzTarget.run(TARGETS, input);
  }

  @Test
  void everyDecoderRefusesOrRoundTrips() {
    FuzzTarget.replay(FuzzTest.class, TARGETS);
  }
}

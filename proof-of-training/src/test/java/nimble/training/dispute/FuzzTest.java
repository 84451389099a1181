package nimble.training.dispute;

import java.util.List;
import nimble.sim.FuzzTarget;
import org.junit.jupiter.api.Test;

/// What anybody says in a dispute, and what is in state of it.
public final class FuzzTest {
  private static final List<FuzzTarget> TARGETS =
      List.of(
          FuzzTarget.of("Move", Move::read, Move::write),
          FuzzTarget.of("Dispute", Dispute::read, Dispute::write));

  public static void fuzzerTestOneInput(byte[] input) {
    FuzzTarget.run(TARGETS, input);
  }

  @Test
  void everyDecoderRefusesOrRoundTrips() {
    FuzzTarget.replay(FuzzTest.class, TARGETS);
  }
}

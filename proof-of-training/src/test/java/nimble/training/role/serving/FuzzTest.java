package nimble.training.role.serving;

import java.util.List;
import nimble.sim.FuzzTarget;
import org.junit.jupiter.api.Test;

/// What hosts, gateways and auditors of rows read from sockets and evidence.
public final class FuzzTest {
  private static final List<FuzzTarget> TARGETS =
      List.of(
          FuzzTarget.of("SignedPromise", SignedPromise::read, SignedPromise::write),
          FuzzTarget.of("RowList", RowList::read, RowList::write),
          FuzzTarget.of("RowEvidence", RowEvidence::read, RowEvidence::write));

  public static void fuzzerTestOneInput(byte[] input) {
    FuzzTarget.run(TARGETS, input);
  }

  @Test
  void everyDecoderRefusesOrRoundTrips() {
    FuzzTarget.replay(FuzzTest.class, TARGETS);
  }
}

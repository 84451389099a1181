package nimble.training.role;

import java.util.List;
import nimble.sim.FuzzTarget;
import org.junit.jupiter.api.Test;

/// What miners, auditors and gateways read from sockets and evidence.
public final class FuzzTest {
  private static final List<FuzzTarget> TARGETS =
      List.of(
          FuzzTarget.of("RoundIndex", RoundIndex::read, RoundIndex::write),
          FuzzTarget.of("Sketch", Sketch::read, Sketch::write),
          FuzzTarget.of("SignedPromise", SignedPromise::read, SignedPromise::write),
          FuzzTarget.of("RowList", RowList::read, RowList::write),
          FuzzTarget.of("RowEvidence", RowEvidence::read, RowEvidence::write),
          FuzzTarget.through("TensorMessage", input -> TensorMessage.decode(input).encode()),
          FuzzTarget.through("StateName", input -> StateName.decode(input).encode()));

  public static void fuzzerTestOneInput(byte[] input) {
    FuzzTarget.run(TARGETS, input);
  }

  @Test
  void everyDecoderRefusesOrRoundTrips() {
    FuzzTarget.replay(FuzzTest.class, TARGETS);
  }
}

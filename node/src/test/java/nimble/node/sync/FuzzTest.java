package nimble.node.sync;

import java.util.List;
import nimble.sim.FuzzTarget;
import org.junit.jupiter.api.Test;

/// What a node that starts from a snapshot reads from sockets and files.
public final class FuzzTest {
  private static final List<FuzzTarget> TARGETS =
      List.of(
          FuzzTarget.through("Snapshot", input -> Snapshot.decode(input).encode()),
          FuzzTarget.through("EpochFile", input -> EpochFiles.encode(EpochFiles.decode(input))));

  public static void fuzzerTestOneInput(byte[] input) {
    FuzzTarget.run(TARGETS, input);
  }

  @Test
  void everyDecoderRefusesOrRoundTrips() {
    FuzzTarget.replay(FuzzTest.class, TARGETS);
  }
}

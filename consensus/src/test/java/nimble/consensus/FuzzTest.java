package nimble.consensus;

import java.util.List;
import nimble.light.ProofBundle;
import nimble.sim.FuzzTarget;
import org.junit.jupiter.api.Test;

/// What of this module is read from sockets and files.
public final class FuzzTest {
  private static final List<FuzzTarget> TARGETS =
      List.of(
          FuzzTarget.of("ConsensusMessage", Message::readTagged, Message::writeTagged),
          FuzzTarget.of("Certificate", Certificate::read, Certificate::write),
          FuzzTarget.of("SignedVote", SignedVote::read, SignedVote::write),
          FuzzTarget.of("VoteRecord", VoteRecord::read, VoteRecord::write),
          FuzzTarget.of("ProofBundle", ProofBundle::read, ProofBundle::write));

  public static void fuzzerTestOneInput(byte[] input) {
    FuzzTarget.run(TARGETS, input);
  }

  @Test
  void everyDecoderRefusesOrRoundTrips() {
    FuzzTarget.replay(FuzzTest.class, TARGETS);
  }
}

package nimble.training.role.evidence;

import java.util.ArrayList;
import java.util.List;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Writer;
import nimble.sim.FuzzTarget;
import nimble.vm.audit.Evidence;
import org.junit.jupiter.api.Test;

/// What auditors read of a round: evidence of a miner that may lie.
public final class FuzzTest {
  private static final List<FuzzTarget> TARGETS =
      List.of(
          FuzzTarget.of("RoundIndex", RoundIndex::read, RoundIndex::write),
          FuzzTarget.through("Bundle", FuzzTest::bundle),
          FuzzTarget.through("CheckpointBlob", FuzzTest::checkpoint));

  /// Puts together again what it took apart: of the one audit, so few get past its index.
  private static Bytes bundle(Bytes input) throws Malformed {
    Bundle bundle = AuditedStep.read(input);
    return AuditedStep.rope(bundle.index(), bundle.blobs());
  }

  private static Bytes checkpoint(Bytes input) throws Malformed {
    Evidence.Start.Kept kept = CheckpointBlob.read(AuditedStep.STAGE, input);
    Bytes head = Writer.encode(kept.manifest()::write);
    Bytes length = Bytes.ofU64(head.size()).slice(Integer.BYTES, Long.BYTES);
    List<Bytes> all = new ArrayList<>(List.of(length, head));
    all.addAll(kept.chunks());
    return Bytes.concat(all.toArray(Bytes[]::new));
  }

  public static void fuzzerTestOneInput(byte[] input) {
    FuzzTarget.run(TARGETS, input);
  }

  @Test
  void everyDecoderRefusesOrRoundTrips() {
    FuzzTarget.replay(FuzzTest.class, TARGETS);
  }
}

package nimble.training.role;

import java.util.ArrayList;
import java.util.List;
import nimble.blob.Rope;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Writer;
import nimble.sim.FuzzTarget;
import nimble.vm.audit.Evidence;
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
          FuzzTarget.of("TensorName", TensorName::read, (name, writer) -> name.write(writer)),
          FuzzTarget.through("Bundle", FuzzTest::bundle),
          FuzzTarget.through("CheckpointBlob", FuzzTest::checkpoint),
          FuzzTarget.through("TensorMessage", input -> TensorMessage.decode(input).encode()),
          FuzzTarget.through("StateName", input -> StateName.decode(input).encode()));

  /// Puts together again what it took apart: of the one audit, so few get past its index.
  private static Bytes bundle(Bytes input) throws Malformed {
    Bundle bundle = Bundle.read(AuditedStep.DUTY, new Rope(List.of(input)));
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

package nimble.training;

import java.util.List;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.ledger.Mempool;
import nimble.sim.FuzzTarget;
import nimble.training.spec.BroughtModel;
import nimble.training.spec.JobSpec;
import org.junit.jupiter.api.Test;

/// What of jobs is read from sockets and files.
public final class FuzzTest {
  private static final List<FuzzTarget> TARGETS =
      List.of(
          FuzzTarget.of("JobSpec", JobSpec::read, JobSpec::write),
          FuzzTarget.of("JobRecord", JobRecord::read, JobRecord::write),
          FuzzTarget.of("JobEntry", JobEntry::read, JobEntry::write),
          FuzzTarget.of("Job", Job::read, Job::write),
          FuzzTarget.of("Model", Model::read, Model::write),
          FuzzTarget.of("BroughtModel", BroughtModel::read, BroughtModel::write),
          FuzzTarget.through("MempoolFile", FuzzTest::mempool),
          FuzzTarget.of("Deployment", Deployment::read, Deployment::write),
          FuzzTarget.of("OpenDispute", OpenDispute::read, OpenDispute::write),
          FuzzTarget.of(
              "MerkleMountainRange", MerkleMountainRange::read, MerkleMountainRange::write));

  /// What a node's last process left of its pool, which holds jobs and work calls.
  private static Bytes mempool(Bytes input) throws Malformed {
    Mempool.Saved.read(input);
    return input;
  }

  public static void fuzzerTestOneInput(byte[] input) {
    FuzzTarget.run(TARGETS, input);
  }

  @Test
  void everyDecoderRefusesOrRoundTrips() {
    FuzzTarget.replay(FuzzTest.class, TARGETS);
  }
}

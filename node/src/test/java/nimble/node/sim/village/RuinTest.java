package nimble.node.sim.village;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import nimble.ledger.Escrows;
import nimble.node.devnet.NodeKeys;
import nimble.training.AuditEvent;
import nimble.training.Job;
import nimble.training.JobEvent;
import nimble.training.JobState;
import nimble.training.ResumePoint;
import nimble.training.ResumePoints;
import nimble.types.Address;
import org.junit.jupiter.api.Test;

/// False work that was found after rounds were settled, and is too dear to be repeated (X8).
final class RuinTest {
  /// Of which the fourth round after the resume point is found false.
  private static final long SEED = 4;

  @Test
  void x8AJobThatCannotPayForItsWorkAgainFailsWithItsLastResumePoint() {
    Ruin ruin = new Ruin(SEED, 0);
    Job job = ruin.job();
    ResumePoint point =
        ResumePoints.before(ruin.state(), job.id(), Integer.MAX_VALUE).orElseThrow();
    assertEquals(JobState.FAILED, job.state());
    assertEquals(
        "the escrow does not cover the work again; its last resume point is after round "
            + point.round(),
        job.status().reason());
    AuditEvent.Slashed slashed = slashed(ruin);
    assertEquals(slashed.amount(), slashed.toJob(), "all of it is for the job");
    assertTrue(
        ruin.told(JobEvent.Paid.class).stream().anyMatch(it -> it.round() > point.round()),
        "paid work would have been repeated");
    assertTrue(point.stages().stream().allMatch(part -> part.manifest().isPresent()));
    checkMoney(ruin);
  }

  /// Every block's supply is whole (X5). Settled pay is never taken back, and all else goes home.
  private static void checkMoney(Ruin ruin) {
    assertEquals(Optional.empty(), Escrows.get(ruin.state(), ruin.job().id()));
    for (NodeKeys keys : ruin.miners()) {
      Address miner = keys.address();
      long paid =
          ruin.told(JobEvent.Paid.class).stream()
              .filter(it -> it.miner().equals(miner))
              .mapToLong(JobEvent.Paid::net)
              .sum();
      long lost = miner.equals(slashed(ruin).miner()) ? slashed(ruin).amount() : 0;
      assertEquals(paid - lost, ruin.gained(miner), keys::toString);
    }
  }

  @Test
  void x8WithTheMoneyForItTheJobGoesBackAndEnds() {
    Ruin ruin = new Ruin(SEED, 10 * Ruin.PRICE);
    assertEquals(JobState.COMPLETED, ruin.job().state());
    assertEquals(1, ruin.told(AuditEvent.WentBack.class).size());
    assertEquals(1, ruin.job().progress().rematches());
    assertTrue(slashed(ruin).toJob() > 0);
  }

  private static AuditEvent.Slashed slashed(Ruin ruin) {
    List<AuditEvent.Slashed> all = ruin.told(AuditEvent.Slashed.class);
    assertEquals(List.of(ruin.liar()), all.stream().map(AuditEvent.Slashed::miner).toList());
    return all.getFirst();
  }
}

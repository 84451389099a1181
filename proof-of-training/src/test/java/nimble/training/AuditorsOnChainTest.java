package nimble.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.UnaryOperator;
import nimble.chain.AuditCall;
import nimble.chain.WorkCall.CheckpointKept;
import nimble.training.fault.FalseAccuser;
import nimble.training.fault.LazyAuditor;
import nimble.training.fault.SilentAuditor;
import nimble.training.role.Progress;
import nimble.training.role.auditor.AuditWork;
import nimble.training.role.auditor.MachineAudit;
import nimble.training.role.miner.MachineWork;
import nimble.types.JobId;
import nimble.types.PublicKey;
import nimble.vm.Machine;
import nimble.vm.fault.SkipsWork;
import nimble.vm.reference.ReferenceMachine;
import org.junit.jupiter.api.Test;

/// Miners and auditors against the real rules: what they say fits the slots that the chain opens,
/// and comes to the right end.
final class AuditorsOnChainTest {
  private static final long PRICE = 100_000_000;
  private static final long STAKE = 1_000 * World.NIM;
  private static final Machine MACHINE = new ReferenceMachine();

  private final World world =
      Panel.world(new long[] {STAKE, STAKE, STAKE, STAKE}, PRICE, 2 * PRICE, 3 * PRICE, 4 * PRICE);
  private final Crowd crowd = new Crowd(world);

  private JobId begin(
      int steps, UnaryOperator<Machine> firstMiner, UnaryOperator<AuditWork> firstAuditor) {
    JobId id = world.submit(Panel.alwaysAudited(steps));
    for (int i = 0; i < 4; i++) {
      Machine machine = i == 0 ? firstMiner.apply(MACHINE) : MACHINE;
      crowd.mine(
          World.FIRST_MINER + i,
          (plan, stage) -> new MachineWork(machine, plan, stage, Specs.TOLERANCE));
      UnaryOperator<AuditWork> way = i == 0 ? firstAuditor : UnaryOperator.identity();
      crowd.audit(
          world.validators.get(i),
          (plan, stage) -> way.apply(new MachineAudit(MACHINE, plan, stage, Specs.TOLERANCE)));
    }
    return id;
  }

  private JobId honest(int steps) {
    return begin(steps, UnaryOperator.identity(), UnaryOperator.identity());
  }

  private boolean tells(JobId id, Class<? extends JobEvent> kind) {
    return world.entries(id).stream().anyMatch(entry -> kind.isInstance(entry.event()));
  }

  @Test
  void honestWorkIsUpheldAndTheJobCompletes() {
    JobId id = honest(20);
    crowd.runUntil(id, JobState.COMPLETED);
    Job job = world.job(id);
    assertTrue(job.audits().drawn() >= 6, job.audits().toString());
    assertEquals(job.audits().drawn(), job.audits().upheld());
    assertEquals(0, job.progress().failures());
    assertTrue(job.audits().paid() > 0);
    assertTrue(crowd.said.stream().anyMatch(CheckpointKept.class::isInstance));
    assertFalse(tells(id, AuditEvent.Slashed.class));
    assertTrue(crowd.progress.stream().noneMatch(Progress.Failed.class::isInstance));
  }

  @Test
  void skippedWorkIsConvictedAndTheJobGoesOnWithAnother() {
    JobId id = begin(60, SkipsWork::new, UnaryOperator.identity());
    crowd.runUntil(id, JobState.COMPLETED);
    assertTrue(tells(id, AuditEvent.Slashed.class));
    assertTrue(tells(id, AuditEvent.WentBack.class));
    assertTrue(world.job(id).stageOf(World.address(World.FIRST_MINER)).isEmpty());
    assertTrue(world.job(id).audits().upheld() > 0);
  }

  @Test
  void withheldDataIsChallengedAndConvicted() {
    JobId id = honest(60);
    crowd.withholding.add(World.hotKey(World.FIRST_MINER));
    crowd.runUntil(id, JobState.COMPLETED);
    assertTrue(crowd.said.stream().anyMatch(AuditCall.DataChallenge.class::isInstance));
    assertTrue(tells(id, AuditEvent.Slashed.class));
    assertTrue(world.job(id).stageOf(World.address(World.FIRST_MINER)).isEmpty());
  }

  /// By its own shelf and shards, all over the chain.
  @Test
  void dataThatIsBroughtInTimeIsHeldAndAuditedFromShards() {
    JobId id = honest(60);
    PublicKey late = World.hotKey(World.FIRST_MINER);
    crowd.withholding.add(late);
    while (crowd.said.stream().noneMatch(AuditCall.DataChallenge.class::isInstance)) {
      crowd.block();
    }
    crowd.withholding.remove(late);
    while (!tells(id, AuditEvent.Answered.class)) {
      crowd.block();
    }
    crowd.withholding.add(late);
    for (int i = 0; i < 8; i++) {
      crowd.block();
    }
    crowd.withholding.remove(late);
    assertNobodyIsSlashed(id);
  }

  @Test
  void aLazyAuditorIsOutvoted() {
    assertNobodyIsSlashed(
        begin(20, UnaryOperator.identity(), honest -> new LazyAuditor(honest, 3)));
  }

  @Test
  void aFalseAccuserIsOutvoted() {
    assertNobodyIsSlashed(begin(20, UnaryOperator.identity(), FalseAccuser::new));
  }

  @Test
  void aSilentAuditorIsReplaced() {
    assertNobodyIsSlashed(begin(20, UnaryOperator.identity(), SilentAuditor::new));
  }

  private void assertNobodyIsSlashed(JobId id) {
    crowd.runUntil(id, JobState.COMPLETED);
    assertFalse(tells(id, AuditEvent.Slashed.class));
    assertTrue(world.job(id).audits().upheld() > 0);
    assertEquals(0, world.job(id).audits().rejected());
  }
}

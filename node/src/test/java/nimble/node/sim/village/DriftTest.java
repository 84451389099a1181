package nimble.node.sim.village;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import nimble.codec.Bytes;
import nimble.genesis.ClassParameters;
import nimble.genesis.Parameters;
import nimble.genesis.ToleranceParameters;
import nimble.node.devnet.Devnet;
import nimble.node.devnet.NodeKeys;
import nimble.training.AuditEvent;
import nimble.training.Job;
import nimble.training.JobEvent;
import nimble.training.JobState;
import nimble.training.fault.ForgesDrift;
import nimble.training.role.auditor.AuditWork;
import nimble.training.spec.JobSpec;
import nimble.training.spec.MoneySpec;
import nimble.types.Address;
import nimble.types.Span;
import nimble.vm.Machine;
import nimble.vm.Rate;
import nimble.vm.fault.PoisonsLowRank;
import nimble.vm.reference.ReferenceMachine;
import nimble.vm.reference.Sums;
import org.junit.jupiter.api.Test;

/// A village of two classes: one miner computes in a class that no validator has, in a job that
/// takes any (J32).
final class DriftTest {
  private static final int VALIDATORS = 3;
  private static final int FOREIGN = 1;
  private static final int STEPS = 320;
  private static final int ROUND_STEPS = 4;
  private static final int BLOCKS_MAX = 300;

  /// Nine rounds of ten are drawn.
  private static final int RATE_PERMILLE = 220;

  /// Such that a job has several, each with audits enough.
  private static final long EPOCH_MILLIS = 35_000;

  /// Of a gradient's norm: a third of what one audit lets pass.
  private static final double POISON = 3e-4;

  private static final ToleranceParameters TOLERANCE =
      new ToleranceParameters(1_000_000, 1_000_000, 1_000_000);
  private static final Machine NARROW = new ReferenceMachine(Sums.NARROW);
  private static final Devnet DEVNET =
      Devnet.create(Bytes.ofU64(9), VALIDATORS, Market.STAGES, 1_700_000_000_000L, parameters());

  private final Market market = new Market(DEVNET, 9);
  private final Villagers villagers = market.villagers();

  private static Parameters parameters() {
    Parameters devnet = Parameters.devnet();
    return devnet
        .with(devnet.consensus().withEpochMillis(EPOCH_MILLIS))
        .with(
            devnet
                .training()
                .with(it -> {
                  it.window = new Span(3_000, 4);
                  it.roundDue = new Span(20_000, 10);
                  it.roundSteps = ROUND_STEPS;
                  it.classes = new ClassParameters(1, 100, TOLERANCE, TOLERANCE);
                }));
  }

  /// @param forgers among the validators
  private Job run(Machine foreign, int forgers) {
    for (int i = 0; i < VALIDATORS; i++) {
      UnaryOperator<AuditWork> conduct = i < forgers ? ForgesDrift::new : UnaryOperator.identity();
      villagers.audit(
          DEVNET.validators().get(i), on -> conduct.apply(on.apply(new ReferenceMachine())));
    }
    for (int i = 0; i < Market.STAGES; i++) {
      Machine machine = i == FOREIGN ? foreign : new ReferenceMachine();
      villagers.mine(DEVNET.miners().get(i), machine, Optional.empty());
    }
    market.offer(Parameters.NIM);
    market.order(spec());
    Job job = market.run(BLOCKS_MAX);
    assertEquals(JobState.COMPLETED, job.state(), () -> job.status().toString());
    return job;
  }

  private static JobSpec spec() {
    MoneySpec money =
        new MoneySpec(10_000 * Parameters.NIM, 10 * Parameters.NIM, RATE_PERMILLE, 86_400_000);
    return Market.spec("drift", Market.GPT, STEPS, Rate.cosine(1e-3f, 1e-3f, 0), true, money);
  }

  private void checkNobodyIsTouched(Job job) {
    assertEquals(List.of(), market.told(AuditEvent.Slashed.class));
    assertEquals(List.of(), market.told(JobEvent.Struck.class));
    assertEquals(job.audits().verdicts(), job.audits().upheld());
  }

  @Test
  void j32AnHonestVillageOfTwoClassesIsNeverSuspected() {
    Job job = run(NARROW, 0);
    checkNobodyIsTouched(job);
    assertEquals(List.of(), market.told(AuditEvent.DriftReported.class));
  }

  @Test
  void j32ADeviationThatEveryAuditLetsPassIsFoundByWhatItAddsUpTo() {
    Job job = run(new PoisonsLowRank(NARROW, Market.MICRO_BATCHES, POISON), 0);
    checkNobodyIsTouched(job);
    Address miner = DEVNET.miners().get(FOREIGN).address();
    List<AuditEvent.DriftReported> reports = market.told(AuditEvent.DriftReported.class);
    assertTrue(reports.stream().allMatch(it -> it.miner().equals(miner)), reports::toString);
    assertTrue(
        market.told(AuditEvent.Suspected.class).stream().anyMatch(it -> it.miner().equals(miner)));
  }

  @Test
  void j32WhoForgesReportsPaysTheAuditsThatFollow() {
    List<Address> two = DEVNET.validators().stream().limit(2).map(NodeKeys::address).toList();
    Job job = run(NARROW, 2);
    checkNobodyIsTouched(job);
    Address miner = DEVNET.miners().get(FOREIGN).address();
    assertTrue(
        market.told(AuditEvent.Suspected.class).stream().allMatch(it -> it.miner().equals(miner)));
    List<AuditEvent.DriftPaid> paid = market.told(AuditEvent.DriftPaid.class);
    assertEquals(new TreeSet<>(two), new TreeSet<>(paid.stream().map(it -> it.auditor()).toList()));
    long sum = paid.stream().mapToLong(AuditEvent.DriftPaid::amount).sum();
    assertTrue(sum > 0);
  }
}

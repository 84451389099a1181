package nimble.node.sim.village;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import nimble.blob.Manifest;
import nimble.chain.Device;
import nimble.chain.JobCall.JobSubmit;
import nimble.chain.MinerCall.MinerRegister;
import nimble.chain.MinerCall.OfferPut;
import nimble.chain.Receipt.Outcome.Applied;
import nimble.codec.Bytes;
import nimble.genesis.ClassParameters;
import nimble.genesis.Parameters;
import nimble.genesis.ToleranceParameters;
import nimble.node.devnet.Devnet;
import nimble.node.devnet.NodeKeys;
import nimble.training.AuditEvent;
import nimble.training.Job;
import nimble.training.JobEntry;
import nimble.training.JobEvent;
import nimble.training.JobState;
import nimble.training.Jobs;
import nimble.training.fault.ForgesDrift;
import nimble.training.role.AuditWork;
import nimble.training.spec.DataSpec;
import nimble.training.spec.JobSpec;
import nimble.training.spec.MoneySpec;
import nimble.types.Address;
import nimble.types.JobId;
import nimble.types.Span;
import nimble.vm.AdamW;
import nimble.vm.Cuts;
import nimble.vm.Machine;
import nimble.vm.Rate;
import nimble.vm.TrainingSpec;
import nimble.vm.fault.PoisonsLowRank;
import nimble.vm.gradient.Bf16;
import nimble.vm.reference.ReferenceMachine;
import nimble.vm.reference.Sums;
import nimble.vm.template.Gpt;
import org.junit.jupiter.api.Test;

/// A village of two classes: one miner computes in a class that no validator has, in a job that
/// takes any (J32).
final class DriftTest {
  private static final int VALIDATORS = 3;
  private static final int STAGES = 3;
  private static final int FOREIGN = 1;
  private static final int STEPS = 320;
  private static final int ROUND_STEPS = 4;
  private static final int BLOCKS_MAX = 300;
  private static final int MICRO_BATCHES = 3;

  /// Nine rounds of ten are drawn.
  private static final int RATE_PERMILLE = 220;

  /// Such that a job has several, each with audits enough.
  private static final long EPOCH_MILLIS = 35_000;

  /// Of a gradient's norm: a third of what one audit lets pass.
  private static final double POISON = 3e-4;

  private static final ToleranceParameters TOLERANCE =
      new ToleranceParameters(1_000_000, 1_000_000, 1_000_000);
  private static final Bytes TEXT =
      Bytes.utf8("the quick brown fox jumps over the lazy dog. ".repeat(20));
  private static final Manifest MANIFEST =
      new Manifest(TEXT.size(), List.of(Manifest.chunkHash(TEXT)));
  private static final Machine NARROW = new ReferenceMachine(Sums.NARROW);
  private static final Devnet DEVNET =
      Devnet.create(Bytes.ofU64(9), VALIDATORS, STAGES, 1_700_000_000_000L, parameters());

  private final Village village = new Village(DEVNET.genesis(), 9);
  private final Villagers villagers = new Villagers(village, TEXT);

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
    for (int i = 0; i < STAGES; i++) {
      NodeKeys keys = DEVNET.miners().get(i);
      villagers.mine(keys, i == FOREIGN ? foreign : new ReferenceMachine(), Optional.empty());
      Address names = DEVNET.validators().get(i).address();
      village.call(keys, new MinerRegister(keys.hot().publicKey(), names, "miner " + i, "h:1"));
      village.call(
          keys,
          new OfferPut(Device.CPU, "cpu", 1L << 40, 1_000_000, Parameters.NIM * (10 + i) / 10));
    }
    JobSubmit order = new JobSubmit(spec().encode());
    JobId id = ((Applied) village.call(DEVNET.developer(), order)).job().orElseThrow();
    for (int block = 0; block < BLOCKS_MAX && !job(id).state().isFinal(); block++) {
      villagers.live();
      village.block(villagers.said());
    }
    assertEquals(JobState.COMPLETED, job(id).state(), () -> job(id).status().toString());
    return job(id);
  }

  private static JobSpec spec() {
    return new JobSpec(
        "drift",
        "simulation",
        new Gpt(256, 8, 1, 1, 8, false).spec(),
        new DataSpec(MANIFEST.id(), TEXT.size(), 900),
        new TrainingSpec(
            STEPS, MICRO_BATCHES, 3, Rate.cosine(1e-3f, 1e-3f, 0), AdamW.USUAL, 7, new Bf16()),
        new Cuts(List.of(1, 3)),
        Optional.empty(),
        true,
        new MoneySpec(10_000 * Parameters.NIM, 10 * Parameters.NIM, RATE_PERMILLE, 86_400_000));
  }

  private Job job(JobId id) {
    return Jobs.load(village.state(), id).orElseThrow();
  }

  private <T extends JobEvent> List<T> told(Class<T> kind) {
    List<T> all = new ArrayList<>();
    for (JobEntry entry : village.entries()) {
      if (kind.isInstance(entry.event())) {
        all.add(kind.cast(entry.event()));
      }
    }
    return all;
  }

  private void checkNobodyIsTouched(Job job) {
    assertEquals(List.of(), told(AuditEvent.Slashed.class));
    assertEquals(List.of(), told(JobEvent.Struck.class));
    assertEquals(job.audits().verdicts(), job.audits().upheld());
  }

  @Test
  void j32AnHonestVillageOfTwoClassesIsNeverSuspected() {
    Job job = run(NARROW, 0);
    checkNobodyIsTouched(job);
    assertEquals(List.of(), told(AuditEvent.DriftReported.class));
  }

  @Test
  void j32ADeviationThatEveryAuditLetsPassIsFoundByWhatItAddsUpTo() {
    Job job = run(new PoisonsLowRank(NARROW, MICRO_BATCHES, POISON), 0);
    checkNobodyIsTouched(job);
    Address miner = DEVNET.miners().get(FOREIGN).address();
    List<AuditEvent.DriftReported> reports = told(AuditEvent.DriftReported.class);
    assertTrue(reports.stream().allMatch(it -> it.miner().equals(miner)), reports::toString);
    assertTrue(told(AuditEvent.Suspected.class).stream().anyMatch(it -> it.miner().equals(miner)));
  }

  @Test
  void j32WhoForgesReportsPaysTheAuditsThatFollow() {
    List<Address> two = DEVNET.validators().stream().limit(2).map(NodeKeys::address).toList();
    Job job = run(NARROW, 2);
    checkNobodyIsTouched(job);
    Address miner = DEVNET.miners().get(FOREIGN).address();
    assertTrue(told(AuditEvent.Suspected.class).stream().allMatch(it -> it.miner().equals(miner)));
    List<AuditEvent.DriftPaid> paid = told(AuditEvent.DriftPaid.class);
    assertEquals(new TreeSet<>(two), new TreeSet<>(paid.stream().map(it -> it.auditor()).toList()));
    long sum = paid.stream().mapToLong(AuditEvent.DriftPaid::amount).sum();
    assertTrue(sum > 0);
  }
}

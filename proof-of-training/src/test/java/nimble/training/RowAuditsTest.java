package nimble.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import nimble.chain.AuditCall;
import nimble.chain.MinerCall.OfferPut;
import nimble.chain.ModelCall.ModelDeploy;
import nimble.chain.ModelCall.ModelPublish;
import nimble.chain.ModelSource;
import nimble.chain.Receipt.Outcome.Applied;
import nimble.chain.ServeCall.ServeReceipt;
import nimble.codec.Bytes;
import nimble.genesis.Parameters;
import nimble.ledger.Vesting;
import nimble.training.fault.Fault;
import nimble.training.role.TinyBase;
import nimble.training.role.auditor.MachineAudit;
import nimble.training.role.miner.MachineWork;
import nimble.training.role.serving.GatewayInput;
import nimble.training.role.serving.HostSeats;
import nimble.training.spec.BaseSpec;
import nimble.training.spec.BroughtModel;
import nimble.training.spec.JobSpec;
import nimble.types.Address;
import nimble.types.JobId;
import nimble.vm.Lora;
import nimble.vm.LoraTarget;
import nimble.vm.Machine;
import nimble.vm.ModelSpec;
import nimble.vm.Segmenter;
import nimble.vm.generation.Sampling;
import nimble.vm.reference.ReferenceMachine;
import nimble.vm.tensor.BaseForm;
import org.junit.jupiter.api.Test;

/// Hosts, gateway and auditors against the real rules: a model is trained, deployed and used, and
/// what was served is audited (S9 to S12, R28, R31, R32).
final class RowAuditsTest {
  private static final long PRICE = 100_000_000;
  private static final long STAKE = 1_000 * World.NIM;
  private static final Machine MACHINE = new ReferenceMachine();
  private static final Machine OTHER = new OtherKernels(MACHINE, 2e-7);
  private static final BaseSpec BASE = TinyBase.spec(Specs.MODEL, 5);
  private static final int TOKENS = 10;

  /// `-Dserved=N` serves more of them.
  private static final int BLOCKS = Integer.getInteger("served", 12);

  /// So dear that a few rows are worth a receipt.
  private static final long SERVING = 1_000_000_000_000L;

  /// Each receipt is audited.
  private static final Parameters PARAMETERS =
      Panel.PARAMETERS.with(Panel.PARAMETERS.training().withAuditRates(1_000, 1_000));

  private final World world =
      new World(
          PARAMETERS,
          new long[] {STAKE, STAKE, STAKE, STAKE},
          PRICE,
          2 * PRICE,
          3 * PRICE,
          4 * PRICE);
  private final Crowd crowd = new Crowd(world);
  private JobId id = new JobId(1);
  private int depth;
  private long request;

  /// Miner i hosts on `machines[i]`, who has the last stage with that fault.
  private void deploy(Optional<Fault> last, Machine... machines) {
    deploy(new ModelSource.Trained(train(Panel.alwaysAudited(2))), 3, last, machines);
  }

  private JobId train(JobSpec spec) {
    JobId job = world.submit(spec);
    people();
    crowd.runUntil(job, JobState.COMPLETED);
    return job;
  }

  private void people() {
    crowd.blobs.putAll(TinyBase.BLOBS);
    for (int i = 0; i < 4; i++) {
      crowd.mine(
          World.FIRST_MINER + i,
          (plan, stage) -> new MachineWork(MACHINE, plan, stage, Specs.TOLERANCE));
      crowd.audit(
          world.validators.get(i),
          (plan, stage) -> new MachineAudit(MACHINE, plan, stage, Specs.TOLERANCE),
          i == 3 ? OTHER : MACHINE);
    }
  }

  private void deploy(ModelSource source, int stages, Optional<Fault> last, Machine... machines) {
    depth = stages;
    for (int i = 0; i < 4; i++) {
      OfferPut dearer =
          new OfferPut(
              Specs.terms(1, 1).device(), "cpu", 1L << 40, 1_000_000, SERVING + (1_000_000L * i));
      world.done(World.FIRST_MINER + i, dearer);
      crowd.host(World.FIRST_MINER + i, machines[i], i == depth - 1 ? last : Optional.empty());
    }
    world.done(World.DEVELOPER, new ModelPublish(source, "tests/tiny", "MIT", 0, Optional.empty()));
    ModelDeploy deploy =
        new ModelDeploy(
            "tests/tiny",
            Crowd.GATEWAY.publicKey(),
            1,
            10 * World.NIM,
            200 * World.NIM,
            Long.MAX_VALUE);
    var outcome = world.call(World.DEVELOPER, deploy);
    assertTrue(outcome instanceof Applied, outcome.toString());
    id = ((Applied) outcome).job().orElseThrow();
    for (int i = 0; i < 30 && !deployment().serves(0); i++) {
      crowd.block();
    }
    assertTrue(deployment().serves(0));
    for (int i = 0; i < 30 && auditors() < 4; i++) {
      crowd.block();
    }
    assertEquals(4, auditors());
  }

  /// Of the last stage.
  private long auditors() {
    return Jobs.auditors(world.state(), World.slot(id, depth - 1)).stream()
        .filter(auditor -> auditor.numericClass().isPresent())
        .count();
  }

  private Deployment deployment() {
    return Deployments.load(world.state(), id).orElseThrow();
  }

  private void ask(Sampling sampling) {
    GatewayInput.Served served =
        new HostSeats(Crowd.GATEWAY.publicKey()).served(world.state(), deployment());
    crowd.ask(
        new GatewayInput.InferRequested(
            ++request,
            served,
            GatewayInput.ids(Bytes.utf8("a text")),
            TOKENS,
            sampling,
            new TreeSet<>(),
            GatewayInput.InferRequested.TIMEOUT_MILLIS));
  }

  private void serve(int blocks) {
    for (int i = 0; i < blocks; i++) {
      ask(Sampling.of(700 + i, i));
      crowd.block();
    }
  }

  /// The last stage is the dearest: its receipt is worth bringing first.
  private void untilBrought() {
    while (deployment().seats().getLast().served().pending().isEmpty()) {
      serve(1);
    }
  }

  private boolean owes() {
    return deployment().accounts().stream()
        .anyMatch(account -> account.served().pending().isPresent());
  }

  private void settle() {
    for (int i = 0; i < 40 && owes(); i++) {
      crowd.block();
    }
    assertFalse(owes());
  }

  private long count(Class<?> kind) {
    return crowd.said.stream().filter(kind::isInstance).count();
  }

  private Address host(int stage) {
    return deployment().seats().get(stage).miner().orElseThrow();
  }

  @Test
  void s9HonestHostsOfAllClassesArePaidAndNeverSlashed() {
    deploy(Optional.empty(), MACHINE, OTHER, MACHINE, MACHINE);
    allArePaid();
  }

  private void allArePaid() {
    List<Address> hosts = IntStream.range(0, depth).mapToObj(this::host).toList();
    serve(BLOCKS);
    settle();
    AuditSums audits = deployment().audits();
    System.out.printf("%s, %d receipts%n", audits, count(ServeReceipt.class));
    assertTrue(audits.verdicts() >= BLOCKS / 4, audits.toString());
    assertEquals(audits.verdicts(), audits.upheld());
    assertEquals(hosts, IntStream.range(0, depth).mapToObj(this::host).toList());
    assertTrue(deployment().former().isEmpty());
    for (int stage = 0; stage < depth; stage++) {
      assertTrue(deployment().seats().get(stage).served().paid() > 0);
      assertEquals(0, Strikes.of(world.state(), hosts.get(stage), 0));
    }
    assertEquals(0, count(AuditCall.DataChallenge.class));
    assertEquals(0, count(AuditCall.VerdictVote.class));
    assertEquals(List.of(), crowd.finished.stream().filter(it -> !it.isEmpty()).toList());
  }

  /// Weights of a seed, as if somebody had brought them.
  private static ModelSource brought() {
    return new ModelSource.Brought(new BroughtModel(Specs.MODEL, BASE, Specs.THREE).encode());
  }

  /// In four bits, with adapters on it in both stages.
  private ModelSource adapters() {
    Lora lora = new Lora(2, 4, List.of(LoraTarget.QKV, LoraTarget.UP), BaseForm.NF4);
    ModelSpec model = Specs.MODEL.with(lora);
    JobSpec plain = Panel.alwaysAudited(2);
    JobSpec spec =
        new JobSpec(
            plain.name(),
            plain.theme(),
            model,
            Optional.of(BASE),
            plain.start(),
            plain.data(),
            plain.training(),
            Segmenter.cut(model, plain.training().rows(), 2),
            plain.device(),
            plain.anyClass(),
            plain.money());
    return new ModelSource.Trained(train(spec));
  }

  @Test
  void s13BroughtModelsAreServedAuditedAndPaid() {
    people();
    deploy(brought(), 3, Optional.empty(), MACHINE, OTHER, MACHINE, MACHINE);
    allArePaid();
  }

  @Test
  void s13EightBitsOfABroughtModelAreConvicted() {
    people();
    deploy(brought(), 3, Optional.of(Fault.SERVES_EIGHT_BITS), MACHINE, MACHINE, MACHINE, MACHINE);
    convicted("is false");
  }

  @Test
  void s10AdaptersOnABaseInFourBitsAreServedAuditedAndPaid() {
    deploy(adapters(), 2, Optional.empty(), MACHINE, OTHER, MACHINE, MACHINE);
    allArePaid();
  }

  @Test
  void s12TokensOfItsOwnFromAdaptersAreConvicted() {
    deploy(adapters(), 2, Optional.of(Fault.CHOOSES_TOKENS), MACHINE, MACHINE, MACHINE, MACHINE);
    convicted("is false");
  }

  /// R32: who cannot get the weights does not join, so that nobody fails it later.
  @Test
  void r32WithoutItsWeightsNobodyAuditsAStage() {
    people();
    ModelSource source = brought();
    crowd.missing.addAll(TinyBase.BLOBS.keySet());
    world.done(World.DEVELOPER, new ModelPublish(source, "tests/tiny", "MIT", 0, Optional.empty()));
    ModelDeploy deploy =
        new ModelDeploy(
            "tests/tiny",
            Crowd.GATEWAY.publicKey(),
            1,
            10 * World.NIM,
            200 * World.NIM,
            Long.MAX_VALUE);
    id = ((Applied) world.call(World.DEVELOPER, deploy)).job().orElseThrow();
    for (int i = 0; i < 10; i++) {
      crowd.block();
    }
    assertEquals(0, count(AuditCall.AuditorJoin.class));
    crowd.missing.clear();
    for (int i = 0; i < 20; i++) {
      crowd.block();
    }
    assertEquals(3 * 4, count(AuditCall.AuditorJoin.class));
  }

  private void convicted(Fault fault, String reason) {
    deploy(Optional.of(fault), MACHINE, MACHINE, MACHINE, MACHINE);
    convicted(reason);
  }

  private void convicted(String reason) {
    int last = depth - 1;
    Address cheat = host(last);
    untilBrought();
    for (int i = 0; i < 100 && deployment().former().isEmpty(); i++) {
      crowd.block();
    }
    HostAccount former = deployment().former().getFirst();
    assertEquals(cheat, former.miner());
    assertTrue(former.convicted().contains(reason), former.convicted());
    assertEquals(0, former.served().pending().stream().count());
    assertEquals(
        1,
        crowd.said.stream()
            .filter(ServeReceipt.class::isInstance)
            .map(ServeReceipt.class::cast)
            .filter(it -> it.slot().stage() == last && it.attempt() == 0)
            .count(),
        "its first receipt was its last");
    assertEquals(0, Vesting.unvested(world.state(), World.slot(id, last), cheat));
  }

  @Test
  void s12EightBitWeightsAreConvictedAndPaidNothing() {
    convicted(Fault.SERVES_EIGHT_BITS, "is false");
  }

  @Test
  void s12TokensOfItsOwnAreConvictedAndPaidNothing() {
    convicted(Fault.CHOOSES_TOKENS, "is false");
  }

  @Test
  void s12AHostThatWithholdsItsRowsIsConvictedAndPaidNothing() {
    convicted(Fault.WITHHOLDS_ROWS, "withheld");
    assertTrue(count(AuditCall.DataChallenge.class) > 0);
  }

  @Test
  void r31ARowIsShownByTheNextProcessToo() {
    deploy(Optional.empty(), MACHINE, MACHINE, MACHINE, MACHINE);
    untilBrought();
    for (int i = 0; i < 4; i++) {
      crowd.host(World.FIRST_MINER + i, MACHINE, Optional.empty());
    }
    settle();
    assertTrue(deployment().former().isEmpty());
    assertEquals(0, count(AuditCall.DataChallenge.class));
    assertFalse(crowd.answers.isEmpty());
  }
}

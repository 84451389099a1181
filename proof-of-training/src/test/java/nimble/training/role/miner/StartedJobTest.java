package nimble.training.role.miner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import nimble.blob.Blob;
import nimble.chain.AuditId;
import nimble.chain.Verdict;
import nimble.training.AuditSeat;
import nimble.training.role.Audits;
import nimble.training.role.Reference;
import nimble.training.role.Tiny;
import nimble.training.role.TinyBase;
import nimble.training.role.TrainedJob;
import nimble.training.role.auditor.AuditWorld;
import nimble.training.role.evidence.Plan;
import nimble.training.role.evidence.StateBlob;
import nimble.training.spec.Rounds;
import nimble.types.Hash;
import nimble.vm.Lora;
import nimble.vm.LoraTarget;
import nimble.vm.ModelSpec;
import nimble.vm.reference.ReferenceMachine;
import nimble.vm.tensor.BaseForm;
import org.junit.jupiter.api.Test;

/// J42: what miners and auditors do in a job that goes on from another's checkpoint. Sixteen steps
/// by one job, or eight and eight by two of other rounds: of a model, and of adapters on a base,
/// both with dropout.
final class StartedJobTest {
  private static final int STEPS = 16;
  private static final int BEHIND = 8;
  private static final ModelSpec DROPPING = Tiny.MODEL.dropping(0.1f);
  private static final Lora LORA =
      new Lora(2, 4, 0.1f, List.of(LoraTarget.QKV, LoraTarget.UP), BaseForm.NF4);
  private static final Plan MODEL = with(DROPPING, Tiny.plan(STEPS, 4));
  private static final Plan ADAPTERS =
      with(DROPPING.with(LORA), TinyBase.plan(STEPS, 4, true, TinyBase.SPEC));

  private static Plan with(ModelSpec model, Plan plan) {
    return new Plan(
        Tiny.CUTS.of(model, plan.training().rows()),
        plan.training(),
        plan.rounds(),
        plan.base(),
        plan.data(),
        plan.beacon());
  }

  private static Plan rest(Plan whole) {
    return new Plan(
        whole.stages(),
        whole.training(),
        new Rounds(BEHIND, STEPS - BEHIND, 3),
        whole.base(),
        whole.data(),
        Hash.ZERO);
  }

  /// The states of all stages after the first half.
  private static List<StateBlob> half(Plan whole) {
    TrainedJob job = TrainedJob.run(whole, 3, _ -> new ReferenceMachine());
    return job.rounds.get(2).stream()
        .map(round -> {
          Blob blob = Blob.of(job.blob(round.index().start().orElseThrow().manifest()));
          return new StateBlob(round.closed().stateRootBefore().orElseThrow(), blob);
        })
        .toList();
  }

  private static World goingOn(Plan plan, List<StateBlob> states) {
    World world = new World(1, plan, new ReferenceMachine());
    world.blobs.putAll(TinyBase.BLOBS);
    world.chain.begins = states;
    TestShelf pinned = new TestShelf();
    states.forEach(it -> pinned.keep("pin", it.blob().manifest(), it.blob().chunks()));
    world.shelves.add(pinned);
    return world;
  }

  @Test
  void j42OthersGoOnToTheBitsOfOneJob() {
    for (Plan whole : List.of(MODEL, ADAPTERS)) {
      World world = goingOn(rest(whole), half(whole));
      world.sim.runUntil(() -> MinerTest.done(world));
      MinerTest.checkAgainst(Reference.run(whole), world);
      assertEquals(0, world.chain.attempt);
    }
  }

  @Test
  void j42AProcessThatBeginsInTheFirstRoundGoesOnToo() {
    World world = goingOn(rest(MODEL), half(MODEL));
    world.sim.runUntil(() -> world.chain.seatOf(1).phase() == Seat.Phase.RUNNING);
    world.sim.after(100, () -> world.restart(1));
    world.sim.runUntil(() -> MinerTest.done(world));
    MinerTest.checkAgainst(Reference.run(MODEL), world);
  }

  @Test
  void j42AStateThatNobodyHasIsWaitedFor() {
    World world = goingOn(rest(MODEL), half(MODEL));
    world.shelves.getLast().groups.clear();
    world.sim.runUntil(() -> world.chain.attempt > 0);
    assertEquals(0, world.chain.counted.size());
  }

  /// Whoever wrote its root on chain: nobody computes on it, and is blamed for what comes out.
  @Test
  void j42AStateOfAnotherStepIsRefused() {
    Plan plan = rest(MODEL);
    Plan later =
        new Plan(
            plan.stages(),
            plan.training(),
            new Rounds(BEHIND + 1, STEPS - BEHIND - 1, 3),
            plan.data(),
            plan.beacon());
    StateBlob state = half(MODEL).getFirst();
    MachineWork work = new MachineWork(new ReferenceMachine(), later, 0, Tiny.TOLERANCE);
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class, () -> work.load(0, state.root(), state.blob().whole()));
    assertTrue(String.valueOf(refused.getMessage()).contains("it is one of step 8"));
  }

  /// The start state comes with the evidence of the first round, as of any other.
  @Test
  void j42AuditorsRedoStepsOfTheFirstRound() {
    for (Plan whole : List.of(MODEL, ADAPTERS)) {
      Plan plan = rest(whole);
      TrainedJob job = TrainedJob.run(plan, 1, _ -> new ReferenceMachine(), half(whole));
      AuditWorld world = AuditWorld.honest(2, plan, job);
      world.chain.open(Audits.CLASS);
      IntStream.range(0, plan.depth()).forEach(stage -> checkUpheld(world, stage));
    }
  }

  private static void checkUpheld(AuditWorld world, int stage) {
    AuditId id = world.chain.draw(stage, stage, 0, 1, 0, 1);
    world.sim.runUntil(() -> world.chain.closed.containsKey(id));
    for (AuditSeat seat : Objects.requireNonNull(world.chain.closed.get(id))) {
      assertEquals(Verdict.UPHELD, seat.reveal().orElseThrow().verdict());
    }
  }

  /// A miner that says that it began anew.
  @Test
  void j42AnIndexWithoutTheStartDoesNotFit() {
    Plan plan = rest(MODEL);
    TrainedJob job = TrainedJob.run(plan, 1, _ -> new ReferenceMachine());
    TrainedJob.Round round = job.rounds.getFirst().getFirst();
    assertEquals(
        "the presence of the start state does not fit",
        round.index().problem(round.closed().roots(), plan, 0, 0).orElseThrow());
  }
}

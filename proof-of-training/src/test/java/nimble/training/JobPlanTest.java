package nimble.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import nimble.training.spec.JobSpec;
import nimble.training.spec.StageNeed;
import nimble.types.JobId;
import nimble.vm.ModelSpec;
import nimble.vm.template.Gpt;
import org.junit.jupiter.api.Test;

final class JobPlanTest {
  private static final long PRICE = 100_000_000;

  @Test
  void planIsWhatTheChainDoes() {
    World world = new World(3 * PRICE, PRICE, 2 * PRICE, 4 * PRICE);
    JobSpec spec = Specs.spec(45);
    JobPlan plan = JobPlan.of(world.state(), World.PARAMETERS, world.now().height() + 1, 0, spec);
    JobId id = world.submit(spec);
    Job job = world.job(id);
    assertEquals(plan.rounds(), Optional.of(job.rounds()));
    assertEquals(plan.terms(), job.stages().stream().map(HeldStage::terms).toList());
    world.start(id);
    world.rounds(id);
    world.checkpoints(id);
    world.idle(12);
    Costs costs = plan.costs().orElseThrow();
    long gross = world.job(id).earned().gross();
    // Each of the rounds is rounded down for itself.
    assertTrue(gross <= costs.pay() && gross > costs.pay() - 3L * job.rounds().count());
    assertEquals(costs.total(), costs.pay() + costs.slotCharges() + costs.auditPot());
  }

  @Test
  void problemNamesWhatIsMissing() {
    World world = new World(PRICE, PRICE);
    JobPlan plan = JobPlan.of(world.state(), World.PARAMETERS, 1_000, 0, Specs.spec(10));
    assertEquals(Optional.empty(), plan.rounds());
    assertTrue(plan.problem().orElseThrow().toString().contains("no offer for stage 2: offer 1: "));
  }

  @Test
  void needsAreMetered() {
    List<StageNeed> needs = StageNeed.of(Specs.spec(10));
    long parameters = needs.stream().mapToLong(StageNeed::parameters).sum();
    assertEquals(Specs.MODEL.parameters(), parameters);
    for (StageNeed need : needs) {
      assertTrue(need.stepOperations() > 2 * need.validationOperations(), "" + need);
      assertTrue(need.memoryBytes() > 20 * need.parameters());
    }
    // 2 rows of 8 positions of 8 numbers of 4 bytes, 2 micro-batches.
    assertEquals(2 * 8 * 8 * 4 * 2, needs.getFirst().edgeBytes());
    assertEquals(0, needs.getLast().edgeBytes());
  }

  @Test
  void cutsAreBalanced() {
    ModelSpec model = new Gpt(256, 64, 4, 4, 128, false).spec();
    var cuts = JobPlan.cut(model, Specs.training(10), 3);
    assertEquals(3, cuts.stages());
    assertEquals(List.of(), cuts.problems(model, 2));
  }
}

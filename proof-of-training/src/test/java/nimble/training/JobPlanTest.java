package nimble.training;

import static java.util.Comparator.comparingDouble;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.chain.MinerCall.OfferPut;
import nimble.genesis.TrainingParameters;
import nimble.training.matching.Candidate;
import nimble.training.matching.Quote;
import nimble.training.spec.JobSpec;
import nimble.training.spec.MoneySpec;
import nimble.training.spec.StageNeed;
import nimble.types.JobId;
import nimble.types.Span;
import nimble.vm.ModelSpec;
import nimble.vm.template.Gpt;
import org.junit.jupiter.api.Test;

final class JobPlanTest {
  private static final long PRICE = 100_000_000;
  private static final OfferPut TERMS = Specs.terms(1_000_000, 1_000_000_000);
  private static final JobSpec LONG = Specs.spec(600);

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

  /// Where audit rates are 1 % to 10 %.
  private static TrainingParameters training(long windowMillis) {
    TrainingParameters rates = Specs.PARAMETERS.training().withAuditRates(10, 100);
    return rates.with(it -> it.window = new Span(windowMillis, 1));
  }

  /// With three miners that can lock so much.
  private static JobPlan plan(JobSpec spec, long freeBond) {
    List<Candidate> candidates = new ArrayList<>();
    for (long id = 1; id <= 3; id++) {
      candidates.add(Specs.candidate(id, TERMS, freeBond));
    }
    return JobPlan.of(spec, Optional.empty(), candidates, Specs.PARAMETERS.with(training(5_000)));
  }

  private static long leastBond(JobSpec spec) {
    int steps = spec.training().steps();
    return StageNeed.of(spec).stream()
        .mapToLong(need -> Quote.of(need, steps, TERMS, 0, spec, Specs.PARAMETERS).bondLeast())
        .max()
        .orElseThrow();
  }

  @Test
  void thinBondCostsWhatItsAuditsCostMore() {
    List<Assurance> thick = Assurance.of(plan(LONG, 1L << 60), training(5_000));
    for (Assurance stage : thick) {
      assertEquals(stage.bondMost(), stage.bond());
      assertEquals(stage.auditsLeast(), stage.audits());
    }
    List<Assurance> thin = Assurance.of(plan(LONG, leastBond(LONG)), training(5_000));
    Assurance widest = thin.stream().min(comparingDouble(JobPlanTest::share)).orElseThrow();
    assertTrue(share(widest) < 0.2);
    assertTrue(widest.audits() > 5 * widest.auditsLeast());
    for (int i = 0; i < thin.size(); i++) {
      assertEquals(thick.get(i).auditsLeast(), thin.get(i).auditsLeast());
      assertEquals(share(thin.get(i)) < 1, thin.get(i).audits() > thick.get(i).audits());
    }
  }

  private static double share(Assurance stage) {
    return (double) stage.bond() / stage.bondMost();
  }

  @Test
  void orderedAuditsCostTheSameWhateverTheBond() {
    JobSpec careful = Specs.spec(600, new MoneySpec(1, 1_000_000_000, 500, Specs.HOUR));
    JobPlan plan = plan(careful, leastBond(careful));
    List<Assurance> stages = Assurance.of(plan, training(5_000));
    for (Assurance stage : stages) {
      assertEquals(500, stage.auditRatePermille());
      assertEquals(stage.audits(), stage.auditsLeast());
    }
    long all = stages.stream().mapToLong(Assurance::audits).sum();
    assertEquals(all, Assurance.auditsAt(plan, 500));
    assertEquals(2.0, (double) Assurance.auditsAt(plan, 1_000) / all, 1e-3);
  }

  @Test
  void longerWindowKeepsMoreEvidence() {
    JobPlan plan = plan(LONG, 1L << 60);
    List<Assurance> once = Assurance.of(plan, training(600_000));
    List<Assurance> twice = Assurance.of(plan, training(1_200_000));
    for (int stage = 0; stage < once.size(); stage++) {
      assertEquals(600_000, once.get(stage).windowMillis());
      assertEquals(1_200_000, twice.get(stage).windowMillis());
      double ratio = (double) twice.get(stage).evidenceBytes() / once.get(stage).evidenceBytes();
      assertEquals(2, ratio, 0.1);
      assertEquals(once.get(stage).audits(), twice.get(stage).audits());
    }
    // Both ways over an edge, and two bytes for each number of the gradient, for every step.
    StageNeed first = plan.needs().getFirst();
    long step = 2 * first.edgeBytes() + 2 * first.parameters();
    assertEquals(0, once.getFirst().evidenceBytes() % step);
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

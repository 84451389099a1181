package nimble.node.api;

import java.util.List;
import nimble.api.v1.AuditOption;
import nimble.api.v1.JobPlanView;
import nimble.api.v1.OfferVerdict;
import nimble.api.v1.StagePlan;
import nimble.genesis.TrainingParameters;
import nimble.training.Assurance;
import nimble.training.Costs;
import nimble.training.JobPlan;
import nimble.training.matching.StageMatch;
import nimble.training.spec.StageNeed;
import nimble.vm.StageSpec;

/// A plan, in the API's words.
final class PlanViews {
  private static final List<Integer> AUDIT_OPTIONS_PERMILLE = List.of(10, 50, 100, 500, 1_000);

  private final ApiParts parts;
  private final TrainingParameters training;

  PlanViews(ApiParts parts) {
    this.parts = parts;
    this.training = parts.genesis().parameters().training();
  }

  JobPlanView plan(JobPlan plan) {
    JobPlanView.Builder view =
        JobPlanView.newBuilder()
            .setPossible(plan.problem().isEmpty())
            .setParameters(plan.spec().model().parameters())
            .setCost(plan.costs().map(Costs::total).orElse(0L))
            .setBudget(plan.spec().money().budget())
            .setClasses(JobViews.classes(plan.spec()))
            .setRoundSteps(plan.rounds().map(it -> it.roundSteps()).orElse(0));
    List<StageSpec> stages = plan.spec().stageSpecs();
    long operations = 0;
    for (StageNeed need : plan.needs()) {
      StagePlan stage = stage(plan, need, stages.get(need.stage()));
      operations += stage.getOperations();
      view.addStages(stage);
    }
    plan.matching().table().forEach(row -> view.addOffers(offer(row)));
    if (plan.costs().isPresent()) {
      for (int permille : AUDIT_OPTIONS_PERMILLE) {
        view.addAuditOptions(
            AuditOption.newBuilder()
                .setPermille(permille)
                .setCost(Assurance.auditsAt(plan, permille)));
      }
      view.setWindowMillis(training.window().millis());
    }
    plan.problem()
        .ifPresent(problem -> view.setProblem(problem.toString()).setProblemField(problem.field()));
    JobViews.start(plan.spec()).ifPresent(view::setStart);
    return view.setOperations(operations).build();
  }

  private StagePlan stage(JobPlan plan, StageNeed need, StageSpec spec) {
    int index = need.stage();
    long steps = Math.multiplyExact(need.stepOperations(), plan.spec().steps());
    StagePlan.Builder view =
        StagePlan.newBuilder()
            .setIndex(index)
            .addAllLayers(JobViews.layers(spec))
            .setOperations(
                plan.rounds().isPresent()
                    ? plan.terms().get(index).operations(plan.rounds().get())
                    : steps)
            .setParameters(need.parameters())
            .setMemoryBytes(need.memoryBytes())
            .setEdgeBytes(need.edgeBytes())
            .setCost(plan.costs().map(costs -> costs.stagePay().get(index)).orElse(0L));
    plan.matching()
        .stages()
        .get(index)
        .choice()
        .ifPresent(choice -> view.setMiner(parts.show(choice.candidate().miner())));
    if (plan.costs().isPresent()) {
      Assurance assurance = Assurance.of(plan, training).get(index);
      view.setAuditRatePermille(assurance.auditRatePermille())
          .setAudits(assurance.audits())
          .setBond(assurance.bond())
          .setBondMost(assurance.bondMost())
          .setAuditsLeast(assurance.auditsLeast())
          .setEvidenceBytes(assurance.evidenceBytes());
    }
    return view.build();
  }

  private OfferVerdict offer(StageMatch.Row row) {
    return OfferVerdict.newBuilder()
        .setStage(row.stage())
        .setMiner(parts.show(row.candidate().miner()))
        .setPricePerHour(row.candidate().offer().terms().pricePerHour())
        .setChosen(row.isChosen())
        .setReason(row.reason())
        .build();
  }
}

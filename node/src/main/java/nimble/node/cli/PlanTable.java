package nimble.node.cli;

import nimble.api.v1.JobPlanView;
import nimble.api.v1.OfferVerdict;
import nimble.api.v1.StagePlan;
import nimble.node.files.Amount;

/// A plan for people: what each stage is and costs, and why each offer was or was not chosen.
final class PlanTable {
  private static final long MEBIBYTE = 1 << 20;

  private PlanTable() {}

  static String show(JobPlanView plan, Surroundings surroundings) {
    Table stages = new Table("STAGE", "LAYERS", "PARAMETERS", "MEMORY", "COST", "MINER");
    for (StagePlan stage : plan.getStagesList()) {
      stages.row(
          stage.getIndex(),
          layers(stage),
          stage.getParameters(),
          Math.ceilDiv(stage.getMemoryBytes(), MEBIBYTE) + " MiB",
          stage.getCost() == 0 ? "-" : Amount.withUnit(stage.getCost()),
          stage.getMiner().isEmpty() ? "none" : stage.getMiner());
    }
    String sums =
        "%d parameters, %.3g operations, cost %s of a budget of %s; numeric classes: %s%n"
            .formatted(
                plan.getParameters(),
                (double) plan.getOperations(),
                plan.getCost() == 0 ? "unknown" : Amount.withUnit(plan.getCost()),
                Amount.withUnit(plan.getBudget()),
                plan.getClasses());
    return stages.show(surroundings) + "\n" + offers(plan, surroundings) + "\n" + sums;
  }

  static String offers(JobPlanView plan, Surroundings surroundings) {
    if (plan.getOffersCount() == 0) {
      return "no miner offers anything on this network\n";
    }
    Table offers = new Table("STAGE", "MINER", "PRICE/HOUR", "", "REASON");
    for (OfferVerdict offer : plan.getOffersList()) {
      offers.row(
          offer.getStage(),
          offer.getMiner(),
          Amount.show(offer.getPricePerHour()),
          offer.getChosen() ? "chosen" : "",
          offer.getReason());
    }
    return offers.show(surroundings);
  }

  private static String layers(StagePlan stage) {
    int count = stage.getLayersCount();
    return count == 1
        ? stage.getLayers(0)
        : "%d: %s to %s".formatted(count, stage.getLayers(0), stage.getLayers(count - 1));
  }
}

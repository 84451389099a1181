package nimble.node.cli.job;

import java.math.BigDecimal;
import java.util.stream.Collectors;
import nimble.api.v1.JobPlanView;
import nimble.api.v1.OfferVerdict;
import nimble.api.v1.StagePlan;
import nimble.node.cli.console.Surroundings;
import nimble.node.cli.console.Table;
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
    String start =
        plan.hasStart() ? "goes on from %s%n".formatted(StartChoice.show(plan.getStart())) : "";
    String sums =
        "%s%d parameters, %.3g operations, cost %s of a budget of %s; numeric classes: %s%n"
            .formatted(
                start,
                plan.getParameters(),
                (double) plan.getOperations(),
                plan.getCost() == 0 ? "unknown" : Amount.withUnit(plan.getCost()),
                Amount.withUnit(plan.getBudget()),
                plan.getClasses());
    return String.join(
        "\n",
        stages.show(surroundings),
        assurance(plan, surroundings),
        offers(plan, surroundings),
        sums);
  }

  /// What an audit rate, a thin bond and a longer window cost.
  private static String assurance(JobPlanView plan, Surroundings surroundings) {
    if (plan.getAuditOptionsCount() == 0) {
      return "";
    }
    Table stages = new Table("STAGE", "AUDITED", "AUDITS", "BOND", "THIN BOND COSTS", "KEPT");
    for (StagePlan stage : plan.getStagesList()) {
      stages.row(
          stage.getIndex(),
          percent(stage.getAuditRatePermille()),
          Amount.withUnit(stage.getAudits()),
          Amount.withUnit(stage.getBond()),
          stage.getBond() < stage.getBondMost()
              ? "%s, none from %s on"
                  .formatted(
                      Amount.withUnit(stage.getAudits() - stage.getAuditsLeast()),
                      Amount.withUnit(stage.getBondMost()))
              : "-",
          Math.ceilDiv(stage.getEvidenceBytes(), MEBIBYTE) + " MiB");
    }
    String rates =
        plan.getAuditOptionsList().stream()
            .map(option ->
                "%s %s".formatted(percent(option.getPermille()), Amount.withUnit(option.getCost())))
            .collect(Collectors.joining(", "));
    return """
    %s
    audits of the job at other rates: %s
    pay waits %.0f s for audits; a window twice as long doubles that, and what is kept
    """
        .formatted(stages.show(surroundings), rates, plan.getWindowMillis() / 1e3);
  }

  private static String percent(int permille) {
    return BigDecimal.valueOf(permille, 1).stripTrailingZeros().toPlainString() + " %";
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

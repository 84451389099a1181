package nimble.node.cli.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import nimble.node.cli.console.Surroundings;
import nimble.node.cli.console.Table;

/// The figures of `bench verification`, for people.
final class VerificationTables {
  private static final double PERCENT = 100;

  private final JsonNode figures;
  private final Surroundings surroundings;

  private VerificationTables(JsonNode figures, Surroundings surroundings) {
    this.figures = figures;
    this.surroundings = surroundings;
  }

  static String show(JsonNode figures, Surroundings surroundings) {
    VerificationTables tables = new VerificationTables(figures, surroundings);
    return String.join("\n", tables.honest(), tables.cheats(), tables.costs());
  }

  private String honest() {
    Table table =
        new Table(
            "MINERS",
            "AUDITORS",
            "CLASS",
            "HONEST AUDITS",
            "FALSE ALARMS",
            "OF TOLERANCE",
            "LARGEST Z");
    for (JsonNode pair : figures.path("pairs")) {
      table.row(
          pair.path("miner").asText(),
          pair.path("auditor").asText(),
          relation(pair),
          pair.path("honestAudits").asText(),
          pair.path("falseAlarms").asText(),
          number(pair.path("largestErrorOfTolerance"), "%.3f"),
          number(pair.path("sketch").path("largestZ"), "%.2f"));
    }
    return "honest work\n" + table.show(surroundings);
  }

  private String cheats() {
    Table table =
        new Table(
            "CHEAT",
            "MINERS",
            "AUDITORS",
            "CLASS",
            "AUDITS",
            "NOTICED",
            "MEDIAN OF TOLERANCE",
            "ROUNDS TO 99 %",
            "FORMULA",
            "AUDITS OF THE SKETCH");
    for (JsonNode cheat : figures.path("cheats")) {
      table.row(
          cheat.path("cheat").asText(),
          cheat.path("miner").asText(),
          cheat.path("auditor").asText(),
          relation(cheat),
          cheat.path("audits").asText(),
          number(cheat.path("detection"), "%.3f"),
          number(cheat.path("medianErrorOfTolerance"), "%.3g"),
          number(cheat.path("roundsTo99Measured"), "%.0f"),
          number(cheat.path("roundsTo99Formula"), "%.0f"),
          sketch(cheat));
    }
    return "at the lowest rate, 1 % of compute\n" + table.show(surroundings);
  }

  private static String relation(JsonNode pair) {
    return pair.path("sameClass").asBoolean() ? "same" : "other";
  }

  private static String sketch(JsonNode cheat) {
    JsonNode sketch = cheat.path("sketch");
    if (sketch.isMissingNode()) {
      return "-";
    }
    int measured = sketch.path("stages").path(0).path("audits").asInt();
    return sketch.path("auditsTo99").isNull()
        ? "over " + measured
        : sketch.path("auditsTo99").asText();
  }

  private String costs() {
    JsonNode share = figures.path("verificationShare");
    JsonNode chain = figures.path("bytes").path("onChain");
    JsonNode off = figures.path("bytes").path("offChain");
    JsonNode dispute = figures.path("dispute");
    JsonNode referee = figures.path("referee");
    return new Table("COST", "")
        .row("verification by operations", percent(share.path("byOperations")))
        .row("verification by processor time", percent(share.path("byCpuTime")))
        .row("one audit", number(share.path("auditMillis"), "%.1f ms"))
        .row("on chain, per stage and round", number(chain.path("perStageAndRound"), "%.0f bytes"))
        .row("on chain, per round", number(chain.path("perRound"), "%.0f bytes"))
        .row("kept off chain, per round", number(off.path("keptPerRound"), "%.0f bytes"))
        .row("fetched for an audit", number(off.path("fetchedPerAudit"), "%.0f bytes"))
        .row(
            "disputes with liars",
            "%s of %s lost by the liar, %s undecided"
                .formatted(
                    dispute.path("liarsConvicted"),
                    dispute.path("disputes"),
                    dispute.path("liarsUndecided")))
        .row(
            "moves and bytes, at most",
            dispute.path("movesMost") + ", " + dispute.path("bytesMost"))
        .row(
            "a dispute without its waits",
            number(dispute.path("wallMillisMost"), "%.0f ms at most"))
        .row("of that the chain's part", number(dispute.path("chainMillisMost"), "%.1f ms at most"))
        .row("the referee at the leaf", number(dispute.path("leafMillisMost"), "%.1f ms at most"))
        .row(
            "honest numbers outside their bound",
            "%s of %s".formatted(referee.path("honestOutside"), referee.path("numbersJudged")))
        .show(surroundings);
  }

  private static String percent(JsonNode share) {
    return share.isNumber()
        ? String.format(Locale.ROOT, "%.2f %%", PERCENT * share.asDouble())
        : "-";
  }

  private static String number(JsonNode value, String format) {
    return value.isNumber() ? String.format(Locale.ROOT, format, value.asDouble()) : "-";
  }
}

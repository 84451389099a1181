package nimble.node.verification;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import nimble.node.files.Json;
import nimble.training.role.Plan;
import nimble.vm.Metering;

/// What auditing costs of the job's compute, at q = 1 % with two auditors of the miner's class.
final class Shares {
  /// The first rounds are slower: programs are compiled.
  private static final int WARM_ROUND = 2;

  private static final int AUDITORS = 2;
  private static final int PERMILLE = 10;
  private static final double MILLI = 1_000;
  private static final double NANOS_PER_MILLI = 1e6;

  private final Plan plan;
  private final List<Metering> meterings;

  Shares(Plan plan) {
    this.plan = plan;
    meterings = plan.stages().stream().map(Metering::of).toList();
  }

  /// @param roundNanos of the miners, all stages, by round
  /// @param reports of honest rounds, by auditors of the miners' class
  ObjectNode json(List<Long> roundNanos, List<AuditReport> reports) {
    int from = Math.min(WARM_ROUND, roundNanos.size() - 1);
    double job = 0;
    double audits = 0;
    double jobOperations = 0;
    double auditOperations = 0;
    for (int round = from; round < roundNanos.size(); round++) {
      job += roundNanos.get(round);
      for (int stage = 0; stage < meterings.size(); stage++) {
        double drawn = AUDITORS * drawn(stage, round);
        audits += drawn * mean(reports, stage, round);
        jobOperations += operations(stage, round);
        auditOperations += drawn * audit(stage, round);
      }
    }
    ObjectNode json = Json.object();
    json.put("rounds", roundNanos.size() - from);
    json.put("byOperations", auditOperations / jobOperations);
    json.put("byCpuTime", audits / job);
    json.put("auditMillis", mean(reports, from) / NANOS_PER_MILLI);
    json.put("roundMillisAllStages", job / (roundNanos.size() - from) / NANOS_PER_MILLI);
    return json;
  }

  /// How many audits a round brings on average.
  double drawn(int stage, int round) {
    long milliSteps = Math.round(MILLI * operations(stage, round) / step(stage));
    return Waiting.chance(0, PERMILLE, milliSteps) + Waiting.chance(1, PERMILLE, milliSteps);
  }

  private double step(int stage) {
    return meterings.get(stage).step(plan.training().microBatches());
  }

  private double operations(int stage, int round) {
    double batch = (double) meterings.get(stage).forward() * plan.training().microBatches();
    return step(stage) * plan.rounds().stepsOf(round)
        + batch * plan.rounds().validationBatches(round);
  }

  private double audit(int stage, int round) {
    return meterings.get(stage).audit(plan.training().microBatches(), plan.rounds().stepsOf(round));
  }

  private static double mean(List<AuditReport> reports, int stage, int round) {
    return reports.stream()
        .filter(report -> report.stage() == stage && report.round() == round)
        .mapToLong(AuditReport::nanos)
        .average()
        .orElseThrow();
  }

  private static double mean(List<AuditReport> reports, int from) {
    return reports.stream()
        .filter(report -> report.round() >= from)
        .mapToLong(AuditReport::nanos)
        .average()
        .orElseThrow();
  }
}

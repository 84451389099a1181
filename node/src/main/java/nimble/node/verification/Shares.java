package nimble.node.verification;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.IntStream;
import nimble.node.files.Json;
import nimble.training.role.evidence.Plan;
import nimble.training.spec.StageNeed;

/// What auditing costs of the job's compute, at the lowest rate with two auditors of the miner's
/// class.
final class Shares {
  /// The first rounds are slower: programs are compiled.
  private static final int WARM_ROUND = 2;

  private static final int AUDITORS = 2;
  private static final double MILLI = 1_000;
  private static final double NANOS_PER_MILLI = 1e6;

  private final Plan plan;
  private final List<StageNeed> needs;
  private final List<Integer> rates;

  Shares(Subject subject) {
    plan = subject.plan();
    needs = subject.needs();
    rates = IntStream.range(0, plan.stages().size()).mapToObj(subject::leastPermille).toList();
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
      for (int stage = 0; stage < needs.size(); stage++) {
        double drawn = AUDITORS * drawn(stage, round);
        audits += drawn * mean(reports, stage, round);
        jobOperations += operations(stage, round);
        auditOperations += drawn * audit(stage, round);
      }
    }
    ObjectNode json = Json.object();
    rates.forEach(rate -> json.withArray("ratePermille").add(rate));
    json.put("rounds", roundNanos.size() - from);
    json.put("byOperations", auditOperations / jobOperations);
    json.put("byCpuTime", audits / job);
    json.put("auditMillis", mean(reports, from) / NANOS_PER_MILLI);
    json.put("roundMillisAllStages", job / (roundNanos.size() - from) / NANOS_PER_MILLI);
    return json;
  }

  /// How many audits a round brings on average.
  double drawn(int stage, int round) {
    long step = needs.get(stage).stepOperations();
    long milliSteps = Math.round(MILLI * operations(stage, round) / step);
    int rate = rates.get(stage);
    return Waiting.chance(0, rate, milliSteps) + Waiting.chance(1, rate, milliSteps);
  }

  private double operations(int stage, int round) {
    return needs.get(stage).operations(plan.rounds(), round);
  }

  /// Of one of its steps or validation batches, each as likely.
  private double audit(int stage, int round) {
    StageNeed need = needs.get(stage);
    int steps = plan.rounds().stepsOf(round);
    int batches = plan.rounds().validationBatches(round);
    double trained = (double) steps * need.auditOperations(steps, true);
    double validated = (double) batches * need.auditOperations(steps, false);
    return (trained + validated) / (steps + batches);
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

package nimble.node.verification;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Function;
import nimble.codec.Bytes;
import nimble.node.files.Json;
import nimble.vm.audit.Errors;
import nimble.vm.audit.StageAudit.Finding;
import nimble.vm.audit.TensorKind;
import nimble.vm.audit.Tolerance;

/// What the auditors of one class found of one miner.
record Findings(List<AuditReport> reports) {
  private static final long SEED = 1;

  Findings {
    reports = List.copyOf(reports);
  }

  /// On all stages.
  boolean sameClass() {
    return reports.stream().allMatch(AuditReport::sameClass);
  }

  long noticed() {
    return reports.stream().filter(report -> report.isNoticed()).count();
  }

  private long count(Finding finding) {
    return reports.stream().filter(report -> report.finding() == finding).count();
  }

  Errors largest() {
    return reports.stream().map(AuditReport::errors).reduce(Errors.NONE, Errors::max);
  }

  /// Of audits that found something off.
  private double median(Tolerance tolerance) {
    List<Double> off =
        reports.stream()
            .map(report -> report.errors().of(tolerance))
            .filter(error -> error > 0)
            .sorted()
            .toList();
    return off.isEmpty() ? 0 : off.get(off.size() / 2);
  }

  /// Of a miner that does its work (Q3).
  ObjectNode honest(Tolerance tolerance) {
    ObjectNode json = Json.object();
    json.put("honestAudits", reports.size());
    json.put("falseAlarms", noticed());
    // Of N without one, the rate is below 3 ÷ N with 95 % confidence.
    json.put("falseAlarmRateBelow", Math.min(1, (noticed() + 3.0) / reports.size()));
    json.put("equalBits", count(Finding.EQUAL) - insideButOff());
    errors(json.putObject("largestError"), largest());
    json.put("largestErrorOfTolerance", largest().of(tolerance));
    if (!sameClass()) {
      ObjectNode sketch = json.putObject("sketch");
      List<SketchCurve> curves = curves();
      sketch.put("falseReports", curves.stream().filter(SketchCurve::reports).count());
      sketch.put("largestZ", curves.stream().mapToDouble(SketchCurve::z).max().orElse(0));
      curves.forEach(curve -> sketch.withArray("stages").add(curve.json()));
    }
    return json;
  }

  /// Across classes what is within the tolerance counts as equal.
  private long insideButOff() {
    return reports.stream()
        .filter(report -> report.finding() == Finding.EQUAL && report.errors().largest() > 0)
        .count();
  }

  /// Of a miner that does not.
  ObjectNode cheated(Subject subject) {
    Tolerance tolerance = subject.allowed();
    int roundSteps = subject.roundSteps();
    ObjectNode json = Json.object();
    double detection = (double) noticed() / reports.size();
    json.put("audits", reports.size());
    json.put("noticed", noticed());
    json.put("detection", detection);
    json.put("beyondTolerance", count(Finding.FALSE));
    json.put("medianErrorOfTolerance", median(tolerance));
    Waiting waiting = new Waiting(roundSteps, subject.leastPermille());
    put(json, "roundsTo99Formula", waiting.formula(detection));
    put(json, "roundsTo99Measured", waiting.played(outcomes(roundSteps), SEED));
    if (!sameClass()) {
      ObjectNode sketch = json.putObject("sketch");
      List<SketchCurve> curves = curves();
      put(sketch, "auditsTo99", mostAudits(curves));
      curves.forEach(curve -> sketch.withArray("stages").add(curve.json()));
    }
    return json;
  }

  /// Of the stage that takes most; empty when one is not that far.
  private static OptionalInt mostAudits(List<SketchCurve> curves) {
    return curves.stream().allMatch(curve -> curve.audits().isPresent())
        ? curves.stream().mapToInt(curve -> curve.audits().getAsInt()).max()
        : OptionalInt.empty();
  }

  private List<boolean[]> outcomes(int roundSteps) {
    return byKey(report -> report.stage() + " " + report.round()).stream()
        .map(round -> {
          boolean[] noticed = new boolean[roundSteps];
          round.forEach(report -> noticed[report.step()] = report.isNoticed());
          return noticed;
        })
        .toList();
  }

  private List<SketchCurve> curves() {
    return byKey(report -> "" + report.stage()).stream()
        .map(stage -> new SketchCurve(directions(stage), SEED))
        .toList();
  }

  private static List<Optional<Bytes>> directions(List<AuditReport> reports) {
    return reports.stream().filter(AuditReport::trains).map(AuditReport::direction).toList();
  }

  private List<List<AuditReport>> byKey(Function<AuditReport, String> key) {
    TreeMap<String, List<AuditReport>> groups = new TreeMap<>();
    reports.forEach(
        report -> groups.computeIfAbsent(key.apply(report), _ -> new ArrayList<>()).add(report));
    return List.copyOf(groups.values());
  }

  static void errors(ObjectNode json, Errors errors) {
    for (TensorKind kind : TensorKind.values()) {
      json.put(kind.toString(), errors.of(kind));
    }
  }

  private static void put(ObjectNode json, String name, OptionalInt value) {
    if (value.isPresent()) {
      json.put(name, value.getAsInt());
    } else {
      json.putNull(name);
    }
  }
}

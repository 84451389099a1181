package nimble.node.verification;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import nimble.codec.Bytes;
import nimble.node.files.Json;
import nimble.vm.audit.Drift;

/// How often the drift sketch of one auditor reports a miner after n audits of one stage: of
/// directions that were measured, n are drawn without putting back, again and again.
final class SketchCurve {
  /// More than a stage has in an epoch, after which a sketch begins anew.
  private static final int AUDITS_MAX = 400;

  private static final int DRAWS = 200;
  private static final long REPORTED = 6_000;
  private static final double SURE = 0.99;
  private static final double MILLI = 1_000;

  private final List<Optional<Bytes>> audits;
  private final List<Integer> counts = new ArrayList<>();
  private final List<Double> rates = new ArrayList<>();
  private final long milliZ;

  /// @param audits of one stage, of which the first are taken; empty where nothing was off
  SketchCurve(List<Optional<Bytes>> audits, long seed) {
    this.audits = audits.stream().limit(AUDITS_MAX).toList();
    SplittableRandom random = new SplittableRandom(seed);
    for (int n = 2; n <= this.audits.size(); n = n < 8 ? n + 1 : n + n / 4) {
      counts.add(n);
      rates.add(rate(n, random));
    }
    milliZ = sum(this.audits).milliZ();
  }

  private double rate(int n, SplittableRandom random) {
    int reported = 0;
    for (int i = 0; i < DRAWS; i++) {
      List<Optional<Bytes>> left = new ArrayList<>(audits);
      List<Optional<Bytes>> drawn = new ArrayList<>();
      while (drawn.size() < n) {
        drawn.add(left.remove(random.nextInt(left.size())));
      }
      reported += sum(drawn).milliZ() >= REPORTED ? 1 : 0;
    }
    return (double) reported / DRAWS;
  }

  private static Drift sum(List<Optional<Bytes>> directions) {
    Drift drift = Drift.NONE;
    for (Optional<Bytes> direction : directions) {
      drift = direction.isPresent() ? drift.add(direction.get()) : drift;
    }
    return drift;
  }

  /// The least n with a rate of 99 %.
  OptionalInt audits() {
    for (int i = 0; i < counts.size(); i++) {
      if (rates.get(i) >= SURE) {
        return OptionalInt.of(counts.get(i));
      }
    }
    return OptionalInt.empty();
  }

  /// Whether any of them ever reported.
  boolean reports() {
    return rates.stream().anyMatch(rate -> rate > 0) || milliZ >= REPORTED;
  }

  /// After all of them.
  double z() {
    return milliZ / MILLI;
  }

  ObjectNode json() {
    ObjectNode json = Json.object();
    json.put("audits", audits.size());
    json.put("withDirection", audits.stream().filter(Optional::isPresent).count());
    json.put("z", z());
    ArrayNode curve = json.putArray("curve");
    for (int i = 0; i < counts.size(); i++) {
      curve.addObject().put("audits", counts.get(i)).put("reported", rates.get(i));
    }
    return json;
  }
}

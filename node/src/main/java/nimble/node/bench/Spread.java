package nimble.node.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.List;
import nimble.node.files.Json;

/// How measured milliseconds spread.
record Spread(int count, double p50, double p95, double p99) {
  static Spread of(List<Double> millis) {
    if (millis.isEmpty()) {
      return new Spread(0, 0, 0, 0);
    }
    Collections.sort(millis);
    return new Spread(millis.size(), at(millis, 0.5), at(millis, 0.95), at(millis, 0.99));
  }

  private static double at(List<Double> sorted, double share) {
    return sorted.get((int) Math.min(sorted.size() - 1, Math.floor(share * sorted.size())));
  }

  ObjectNode json() {
    return Json.object()
        .put("count", count)
        .put("p50", rounded(p50))
        .put("p95", rounded(p95))
        .put("p99", rounded(p99));
  }

  private static double rounded(double value) {
    return Math.round(value * 100) / 100.0;
  }
}

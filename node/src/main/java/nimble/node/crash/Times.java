package nimble.node.crash;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import nimble.node.files.Json;

/// Durations of one kind, and how they are spread.
final class Times {
  private final List<Long> millis = new ArrayList<>();

  void add(long duration) {
    millis.add(duration);
  }

  int count() {
    return millis.size();
  }

  /// The smallest that `share` of all do not exceed; 0 when there is none.
  long quantile(double share) {
    List<Long> sorted = millis.stream().sorted().toList();
    int at = (int) Math.ceil(share * sorted.size()) - 1;
    return sorted.isEmpty() ? 0 : sorted.get(Math.max(0, at));
  }

  long over(long limit) {
    return millis.stream().filter(duration -> duration > limit).count();
  }

  ObjectNode json() {
    return Json.object()
        .put("count", count())
        .put("p50", quantile(0.5))
        .put("p90", quantile(0.9))
        .put("p99", quantile(0.99))
        .put("max", quantile(1));
  }
}

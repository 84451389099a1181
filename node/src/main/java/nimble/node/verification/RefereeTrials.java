package nimble.node.verification;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.SplittableRandom;
import java.util.TreeMap;
import nimble.codec.Malformed;
import nimble.node.files.Json;
import nimble.vm.reference.Interval;
import nimble.vm.reference.LeafSize;
import nimble.vm.reference.Referee;
import nimble.vm.trace.Trace;
import nimble.vm.trace.TraceForm;

/// How far the numbers of an honest machine are from the middle of their bounds, by operator, and
/// what a leaf takes.
final class RefereeTrials {
  private static final double NANOS_PER_MILLI = 1e6;

  private final int samples;
  private final SplittableRandom random = new SplittableRandom(4);
  private final TreeMap<String, Double> furthest = new TreeMap<>();
  private final TreeMap<String, Double> slowest = new TreeMap<>();
  private int judged;
  private int outside;
  private int largest;

  /// @param samples of each tensor
  RefereeTrials(int samples) {
    this.samples = samples;
  }

  /// All operators of a pass.
  void run(Trace trace) throws Malformed {
    TraceForm form = trace.form();
    Referee referee = new Referee(form, trace);
    for (int tensor : form.computed().toArray()) {
      String operator = form.tensor(tensor).rule().orElseThrow().getClass().getSimpleName();
      largest = Math.max(largest, LeafSize.most(form, tensor));
      for (int i = 0; i < samples; i++) {
        int element = random.nextInt(form.tensor(tensor).count());
        float number = trace.number(tensor, element);
        long start = System.nanoTime();
        Interval interval = referee.interval(tensor, element);
        slowest.merge(operator, (System.nanoTime() - start) / NANOS_PER_MILLI, Math::max);
        furthest.merge(operator, share(interval, number), Math::max);
        outside += interval.holds(number) ? 0 : 1;
        judged++;
      }
    }
  }

  /// Of the way from the middle of an interval to its end.
  private static double share(Interval interval, double number) {
    double half = (interval.high() - interval.low()) / 2;
    double off = Math.abs(number - (interval.high() + interval.low()) / 2);
    return half == 0 ? 0 : off / half;
  }

  ObjectNode json() {
    ObjectNode json = Json.object();
    json.put("numbersJudged", judged);
    json.put("honestOutside", outside);
    json.put("leafBytesMost", largest);
    json.put("judgeMillisMost", slowest.values().stream().mapToDouble(it -> it).max().orElse(0));
    ArrayNode operators = json.putArray("operators");
    furthest.forEach((name, share) ->
        operators
            .addObject()
            .put("operator", name)
            .put("furthestOfBound", share)
            .put("judgeMillisMost", slowest.get(name)));
    return json;
  }
}

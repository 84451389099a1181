package nimble.node.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import nimble.node.files.Json;

/// Tokens a second, round by round.
final class Rates {
  /// @param wall by the clock
  /// @param processor by the time of all processors: says something on a busy machine too
  record Sample(double wall, double processor) {}

  private static final double THOUSANDTHS = 1_000;

  private final List<Sample> samples = new ArrayList<>();

  void add(Sample sample) {
    samples.add(sample);
  }

  Sample last() {
    return samples.getLast();
  }

  ObjectNode json() {
    ObjectNode json = Json.object();
    json.set("tokensPerSecond", spread(values(Sample::wall)));
    json.set("tokensPerProcessorSecond", spread(values(Sample::processor)));
    return json;
  }

  /// How many times as fast as `other`, whose rounds alternated with these: the median over the
  /// rounds, so that what disturbs both counts for both.
  ObjectNode over(Rates other) {
    ObjectNode json = Json.object();
    json.set("clock", spread(ratios(other, Sample::wall)));
    json.set("processor", spread(ratios(other, Sample::processor)));
    return json;
  }

  private List<Double> ratios(Rates other, ToDoubleFunction<Sample> rate) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < samples.size(); i++) {
      ratios.add(rate.applyAsDouble(samples.get(i)) / rate.applyAsDouble(other.samples.get(i)));
    }
    return ratios;
  }

  private List<Double> values(ToDoubleFunction<Sample> rate) {
    return samples.stream().mapToDouble(rate).boxed().toList();
  }

  private static ObjectNode spread(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    return Json.object()
        .put("median", rounded(sorted.get(sorted.size() / 2)))
        .put("least", rounded(sorted.getFirst()))
        .put("most", rounded(sorted.getLast()));
  }

  static double rounded(double value) {
    return Math.round(value * THOUSANDTHS) / THOUSANDTHS;
  }

  static String words(String who, Sample sample) {
    return String.format(
        Locale.ROOT,
        "%-8s %8.0f tokens/s, %8.0f a second of its processors",
        who,
        sample.wall(),
        sample.processor());
  }
}

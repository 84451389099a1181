package nimble.node.cli.network;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.files.Json;
import nimble.node.sim.village.Actor;
import nimble.node.sim.village.Ruling;
import nimble.node.sim.village.Trial;

/// Many trials of adversaries, and what met each of them, in sum.
final class Trials {
  static final int SEEDS_MAX = 1_000_000;

  private final Map<Actor, Integer> counts = new EnumMap<>(Actor.class);
  private final Map<Actor, TreeMap<String, Integer>> rules = new EnumMap<>(Actor.class);
  private final Map<Actor, Long> fees = new EnumMap<>(Actor.class);

  private Trials() {}

  static int run(long first, int seeds, Output output, PrintWriter out) {
    Trials trials = new Trials();
    ArrayNode broken = Json.object().putArray("broken");
    for (long seed = first; seed < first + seeds; seed++) {
      try {
        Ruling ruling = Trial.run(seed);
        trials.add(ruling);
        if (!output.isJson()) {
          out.println(line(ruling));
          out.flush();
        }
      } catch (AssertionError e) {
        broken.add(String.valueOf(e.getMessage()));
        if (!output.isJson()) {
          out.println(e.getMessage());
          out.flush();
        }
      }
    }
    output.document(
        trials.json(first, seeds).set("broken", broken), trials.text(seeds, broken.size()));
    return broken.isEmpty() ? ExitCode.DONE : ExitCode.NODE_FAILED;
  }

  private void add(Ruling ruling) {
    ruling
        .rules()
        .forEach((actor, words) -> {
          counts.merge(actor, 1, Integer::sum);
          rules
              .computeIfAbsent(actor, _ -> new TreeMap<>())
              .merge(words.substring(0, words.indexOf(':')), 1, Integer::sum);
        });
    ruling.fees().forEach((actor, sum) -> fees.merge(actor, sum, Long::sum));
  }

  private static String line(Ruling ruling) {
    String met =
        ruling.rules().entrySet().stream()
            .map(entry -> "%s %s".formatted(entry.getKey(), entry.getValue()))
            .collect(Collectors.joining("; "));
    return "seed %-6d %-9s %s".formatted(ruling.seed(), ruling.job().state(), met);
  }

  private ObjectNode json(long first, int seeds) {
    ObjectNode document = Json.object().put("firstSeed", first).put("seeds", seeds);
    ObjectNode actors = document.putObject("actors");
    counts.forEach((actor, count) -> {
      ObjectNode of = actors.putObject(actor.toString()).put("trials", count);
      ObjectNode by = of.putObject("rules");
      rules.getOrDefault(actor, new TreeMap<>()).forEach(by::put);
      of.put("auditFees", fees.getOrDefault(actor, 0L));
    });
    return document;
  }

  private String text(int seeds, int broken) {
    StringBuilder lines = new StringBuilder();
    counts.forEach((actor, count) ->
        lines.append(
            "%-20s %5d trials  %s%s%n"
                .formatted(
                    actor,
                    count,
                    rules.get(actor),
                    fees.containsKey(actor) ? "  fees " + fees.get(actor) : "")));
    return "%s%d trials, %d broken%n".formatted(lines, seeds, broken);
  }
}

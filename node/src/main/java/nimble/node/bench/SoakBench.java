package nimble.node.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import nimble.codec.Bytes;
import nimble.node.files.Json;
import nimble.node.files.Mistake;
import nimble.node.files.Scratch;

/// Whether memory grows while validators work at a steady rate: what they hold once a minute, after
/// a collection.
public final class SoakBench {
  /// The most that the last quarter may hold by the one before.
  public static final double GROWTH_MAX = 1.05;

  /// What is measured.
  ///
  /// @param mainClass of `nimble`
  public record Order(int validators, int minutes, int accounts, int perSecond, String mainClass) {}

  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final long MEGABYTE = 1 << 20;

  private final Order order;
  private final PrintWriter out;

  public SoakBench(Order order, PrintWriter out) {
    this.order = order;
    this.out = out;
  }

  public ObjectNode run() throws IOException, Mistake, InterruptedException {
    Cast cast = Cast.fresh(order.validators(), order.accounts() + 1);
    Crowd crowd = new Crowd(cast);
    Deque<Bytes> waiting = new ArrayDeque<>();
    ObjectNode json = Json.object();
    json.put("validators", order.validators()).put("transfersPerSecond", order.perSecond());
    var minutes = json.putArray("minutes");
    List<Long> heap = new ArrayList<>();
    List<Long> resident = new ArrayList<>();
    try (Scratch scratch = Scratch.make();
        Validators validators = Validators.start(cast, scratch.home(), order.mainClass())) {
      for (int minute = 0; minute < order.minutes(); minute++) {
        waiting.addAll(crowd.next((int) MINUTE.toSeconds() * order.perSecond()));
        try (Load load = new Load(validators, waiting, order.perSecond())) {
          load.start();
          Thread.sleep(MINUTE);
        }
        ObjectNode now = validators.ask("collected");
        now.put("rssBytes", validators.memory("VmRSS"));
        minutes.add(now);
        heap.add(now.path("heapBytes").asLong());
        resident.add(now.path("rssBytes").asLong());
        out.printf(
            "minute %d: %d transfers, heap %d MiB, resident %d MiB, disk %d MiB a validator%n",
            minute + 1,
            now.path("transfers").asLong(),
            now.path("heapBytes").asLong() / MEGABYTE,
            now.path("rssBytes").asLong() / MEGABYTE,
            now.path("diskBytes").asLong() / MEGABYTE);
        out.flush();
      }
    }
    Growth.of(heap).ifPresent(growth -> json.put("heapGrowth", Rates.rounded(growth)));
    Growth.of(resident).ifPresent(growth -> json.put("residentGrowth", Rates.rounded(growth)));
    return json;
  }
}

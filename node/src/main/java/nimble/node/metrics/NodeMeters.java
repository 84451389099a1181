package nimble.node.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import nimble.chain.StageSlot;
import nimble.chain.Verdict;
import nimble.node.chain.Reporter;
import nimble.node.chain.SkipReason;
import nimble.node.work.AuditorOwner;
import nimble.node.work.MinerOwner;
import nimble.training.role.AuditorProgress;
import nimble.training.role.Progress;
import org.jspecify.annotations.Nullable;

/// Counts what the node reports and passes it on (G2). Thread-safe: owners report from their own
/// threads.
public final class NodeMeters
    implements Reporter, MinerOwner.ProgressListener, AuditorOwner.ProgressListener {
  private static final Duration[] BOUNDS = {
    Duration.ofMillis(2),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(20),
    Duration.ofMillis(40),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofMillis(2_500),
    Duration.ofSeconds(5),
    Duration.ofSeconds(10),
    Duration.ofSeconds(30)
  };

  private static final int VIEWS_MAX = 64;

  private final MeterRegistry registry;
  private final Reporter next;
  private final Map<Meter, AtomicLong> standing = new ConcurrentHashMap<>();
  private final ConcurrentNavigableMap<Long, Long> enteredNanos = new ConcurrentSkipListMap<>();

  /// @param validators whose votes are timed from the start on
  /// @param next who is told after this one
  public NodeMeters(MeterRegistry registry, int validators, Reporter next) {
    this.registry = registry;
    this.next = next;
    for (Meter meter : Meter.values()) {
      switch (meter) {
        case VIEW, POOL_TRANSACTIONS, POOL_WORK_CALLS, RELAYS, UNCLEAN_START -> stand(meter);
        case CHAIN_TRANSACTIONS,
            CHAIN_WORK_CALLS,
            MISCONDUCT,
            BAD_VOTES,
            PEERS_REFUSED,
            PEERS_MISBEHAVED,
            PEERS_BANNED,
            STEPS,
            ROUNDS ->
            counter(meter);
        case VIEWS_SKIPPED -> {
          for (SkipReason reason : SkipReason.values()) {
            counter(meter, "reason", reason.word());
          }
        }
        case AUDITS -> {
          for (Verdict verdict : Verdict.values()) {
            counter(meter, "verdict", word(verdict));
          }
        }
        case FINALIZATION -> finalization();
        case VOTE_LATENCY -> {
          for (int validator = 0; validator < validators; validator++) {
            votes(validator);
          }
        }
        // G3: gauges of what others hold.
        case CHAIN_HEIGHT,
            CHAIN_BEHIND,
            CHAIN_EPOCH,
            PEERS,
            RELAYED_STREAMS,
            RELAYED_BYTES,
            DATABASE_BYTES,
            VOTES_BYTES,
            DISK_FREE,
            BLOBS_BYTES,
            BLOBS_BYTES_MAX,
            RESIDENT_BYTES -> {}
      }
    }
  }

  private void stand(Meter meter) {
    AtomicLong value = standing.computeIfAbsent(meter, _ -> new AtomicLong());
    Gauge.builder(meter.label(), value::get).description(meter.help()).register(registry);
  }

  private void set(Meter meter, long value) {
    standing.getOrDefault(meter, new AtomicLong()).set(value);
  }

  private Counter counter(Meter meter, String... tags) {
    return Counter.builder(meter.label()).description(meter.help()).tags(tags).register(registry);
  }

  private Timer finalization() {
    return timer(Meter.FINALIZATION);
  }

  private Timer votes(long validator) {
    return timer(Meter.VOTE_LATENCY, "validator", Long.toString(validator));
  }

  private Timer timer(Meter meter, String... tags) {
    return Timer.builder(meter.label())
        .description(meter.help())
        .tags(tags)
        .serviceLevelObjectives(BOUNDS)
        .register(registry);
  }

  private static String word(Verdict verdict) {
    return verdict.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void report(Level level, String event, Object... pairs) {
    switch (event) {
      case "view_entered" -> entered(number(pairs, "view"));
      case "view_skipped" ->
          counter(Meter.VIEWS_SKIPPED, "reason", text(pairs, "reason")).increment();
      case "vote_received" -> voted(pairs);
      case "finalized" -> finalized(pairs);
      case "misconduct" -> counter(Meter.MISCONDUCT).increment();
      case "bad_votes" -> counter(Meter.BAD_VOTES).increment();
      case "mempool" -> {
        set(Meter.POOL_TRANSACTIONS, number(pairs, "transactions"));
        set(Meter.POOL_WORK_CALLS, number(pairs, "workCalls"));
      }
      case "reach" -> set(Meter.RELAYS, number(pairs, "relays"));
      case "peer_refused" -> counter(Meter.PEERS_REFUSED).increment();
      case "peer_misbehaved" -> counter(Meter.PEERS_MISBEHAVED).increment();
      case "peer_banned" -> counter(Meter.PEERS_BANNED).increment();
      case "unclean_start" -> set(Meter.UNCLEAN_START, 1);
      default -> {
        // Only the log's.
      }
    }
    next.report(level, event, pairs);
  }

  private void entered(long view) {
    set(Meter.VIEW, view);
    enteredNanos.put(view, System.nanoTime());
    while (enteredNanos.size() > VIEWS_MAX) {
      enteredNanos.pollFirstEntry();
    }
  }

  private void finalized(Object... pairs) {
    counter(Meter.CHAIN_TRANSACTIONS).increment((double) number(pairs, "transactions"));
    counter(Meter.CHAIN_WORK_CALLS).increment((double) number(pairs, "workCalls"));
    sinceEntered(number(pairs, "view"), finalization());
  }

  private void voted(Object... pairs) {
    if (text(pairs, "kind").equals("FINALIZE")) {
      sinceEntered(number(pairs, "view"), votes(number(pairs, "signer")));
    }
  }

  private void sinceEntered(long view, Timer timer) {
    @Nullable Long entered = enteredNanos.get(view);
    if (entered != null) {
      timer.record(Duration.ofNanos(System.nanoTime() - entered));
    }
  }

  private static long number(Object[] pairs, String key) {
    return value(pairs, key) instanceof Number number ? number.longValue() : 0;
  }

  private static String text(Object[] pairs, String key) {
    return String.valueOf(value(pairs, key));
  }

  private static Object value(Object[] pairs, String key) {
    for (int i = 0; i + 1 < pairs.length; i += 2) {
      if (pairs[i].equals(key)) {
        return pairs[i + 1];
      }
    }
    return "";
  }

  @Override
  public void progress(StageSlot slot, Progress progress) {
    switch (progress) {
      case Progress.Stepped _ -> counter(Meter.STEPS).increment();
      case Progress.Agreed _ -> counter(Meter.ROUNDS).increment();
      case Progress.Measured _,
          Progress.Disagreed _,
          Progress.Restarted _,
          Progress.Paused _,
          Progress.Conceded _,
          Progress.Serving _,
          Progress.Dropped _,
          Progress.Failed _ -> {}
    }
  }

  @Override
  public void progress(AuditorProgress progress) {
    if (progress instanceof AuditorProgress.Redone redone) {
      counter(Meter.AUDITS, "verdict", word(redone.verdict())).increment();
    }
  }
}

package nimble.node.api;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import java.util.function.Supplier;

/// What a node shows of itself at `/metrics`. The names are frozen: see the module's README.
final class NodeGauges {
  private static final double MILLIS = 1_000;

  private NodeGauges() {}

  static void bind(ApiParts parts) {
    MeterRegistry registry = parts.metrics();
    gauge(registry, "nimble.chain.height", () -> parts.chain().height());
    gauge(
        registry,
        "nimble.chain.behind.seconds",
        () -> (System.currentTimeMillis() - parts.chain().tip().timeMillis()) / MILLIS);
    gauge(registry, "nimble.network.peers", () -> parts.network().peers().size());
    gauge(registry, "nimble.blobs.bytes", () -> parts.store().bytesUsed());
    gauge(registry, "nimble.blobs.bytes.max", () -> parts.store().bytesMax());
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
  }

  private static void gauge(MeterRegistry registry, String name, Supplier<Number> value) {
    Gauge.builder(name, value).register(registry);
  }
}

package nimble.node.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import nimble.node.chain.FinalizedChain;
import nimble.p2p.Network;
import nimble.storage.BlobStore;

/// What is read of a node when somebody asks (G3).
///
/// @param disk its files
public record Standing(FinalizedChain chain, Network network, BlobStore blobs, DiskUse disk) {
  private static final double MILLIS = 1_000;
  private static final Path STATM = Path.of("/proc/self/statm");
  private static final long PAGE_BYTES = 4_096;

  public void bind(MeterRegistry registry) {
    gauge(registry, Meter.CHAIN_HEIGHT, chain::height);
    gauge(
        registry,
        Meter.CHAIN_BEHIND,
        () -> (System.currentTimeMillis() - chain.tip().timeMillis()) / MILLIS);
    gauge(registry, Meter.CHAIN_EPOCH, () -> chain.tip().epoch());
    gauge(registry, Meter.PEERS, () -> network.peers().size());
    gauge(registry, Meter.RELAYED_STREAMS, () -> network.relayLoad().circuits());
    FunctionCounter.builder(
            Meter.RELAYED_BYTES.label(), network, it -> (double) it.relayLoad().carriedBytes())
        .description(Meter.RELAYED_BYTES.help())
        .register(registry);
    gauge(registry, Meter.DATABASE_BYTES, disk::databaseBytes);
    gauge(registry, Meter.VOTES_BYTES, disk::votesBytes);
    gauge(registry, Meter.DISK_FREE, disk::freeBytes);
    gauge(registry, Meter.BLOBS_BYTES, blobs::bytesUsed);
    gauge(registry, Meter.BLOBS_BYTES_MAX, blobs::bytesMax);
    gauge(registry, Meter.RESIDENT_BYTES, Standing::residentBytes);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
  }

  private static void gauge(MeterRegistry registry, Meter meter, Supplier<Number> value) {
    Gauge.builder(meter.label(), value).description(meter.help()).register(registry);
  }

  /// Not a number where the system does not tell.
  private static double residentBytes() {
    try {
      return Long.parseLong(Files.readString(STATM).split(" ", -1)[1]) * (double) PAGE_BYTES;
    } catch (IOException | NumberFormatException e) {
      return Double.NaN;
    }
  }
}

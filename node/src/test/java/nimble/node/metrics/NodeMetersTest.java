package nimble.node.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import nimble.node.chain.Reporter;
import org.junit.jupiter.api.Test;

final class NodeMetersTest {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final List<String> passedOn = new ArrayList<>();
  private final Reporter meters = new NodeMeters(registry, 4, (_, event, _) -> passedOn.add(event));

  @Test
  void g2CountsWhatTheLogLeavesOutAndPassesItOn() {
    meters.debug("finalized", "height", 3L, "view", 9L, "transactions", 5, "workCalls", 2);
    meters.debug("mempool", "transactions", 7, "workCalls", 1);
    meters.info("view_skipped", "view", 8L, "leader", 1, "reason", "leader_silent");
    meters.warn("unclean_start", "height", 3L);
    meters.info("something_else", "x", 1);
    String text = registry.scrape();
    assertHas(text, "nimble_chain_transactions_total 5.0");
    assertHas(text, "nimble_chain_work_calls_total 2.0");
    assertHas(text, "nimble_mempool_transactions 7.0");
    assertHas(text, "nimble_consensus_views_skipped_total{reason=\"leader_silent\"} 1.0");
    assertHas(text, "nimble_consensus_views_skipped_total{reason=\"payload_refused\"} 0.0");
    assertHas(text, "nimble_storage_unclean_start 1.0");
    assertEquals(5, passedOn.size());
  }

  @Test
  void timesViewsThatItSawBegin() {
    meters.debug("finalized", "height", 1L, "view", 1L, "transactions", 0, "workCalls", 0);
    meters.debug("view_entered", "view", 2L, "leader", 0);
    meters.debug("vote_received", "signer", 3, "kind", "FINALIZE", "epoch", 0L, "view", 2L);
    meters.debug("vote_received", "signer", 3, "kind", "NOTARIZE", "epoch", 0L, "view", 2L);
    meters.debug("finalized", "height", 2L, "view", 2L, "transactions", 0, "workCalls", 0);
    String text = registry.scrape();
    assertHas(text, "nimble_consensus_view 2.0");
    assertHas(text, "nimble_consensus_finalization_seconds_count 1");
    assertHas(text, "nimble_consensus_vote_latency_seconds_count{validator=\"3\"} 1");
  }

  private static void assertHas(String text, String line) {
    assertTrue(text.contains(line + "\n"), () -> line + " not in\n" + text);
  }
}

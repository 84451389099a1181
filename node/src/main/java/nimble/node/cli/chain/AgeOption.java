package nimble.node.cli.chain;

import java.util.Optional;
import nimble.chain.Header;
import nimble.light.TrustPeriod;
import nimble.node.client.ClientFailure;
import picocli.CommandLine.Option;

/// How old the newest block may be that a node shows (Y8).
public final class AgeOption {
  @Option(
      names = "--max-age",
      paramLabel = "SECONDS",
      defaultValue = "600",
      description = "Refuse when the node's newest block is older (${DEFAULT-VALUE}).")
  private long seconds;

  /// Refuses a block that was made longer ago than that, by this machine's clock.
  public void check(Header header) throws ClientFailure {
    Optional<String> stale =
        TrustPeriod.stale(
            header.timeMillis(), System.currentTimeMillis(), Math.max(0, seconds) * 1_000);
    if (stale.isPresent()) {
      throw new ClientFailure(ClientFailure.Kind.UNAVAILABLE, stale.get());
    }
  }
}

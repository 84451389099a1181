package nimble.node.cli;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import nimble.codec.Malformed;
import nimble.genesis.Genesis;
import nimble.light.Checkpoint;
import nimble.node.StateSyncRun;
import nimble.node.Upkeep;
import nimble.node.chain.FinalizedChain;
import nimble.node.chain.Reporter;
import nimble.node.files.Mistake;
import nimble.node.files.NodeConfig;
import nimble.node.files.Setting;
import nimble.node.site.RealSite;
import nimble.node.sync.SnapshotTrust;
import nimble.node.sync.StateSync;
import nimble.p2p.PeerAddress;
import nimble.storage.Place;
import nimble.storage.Retention;

/// How a node gets its chain, what it keeps of it, and from when on it votes.
///
/// @param state whether an empty node fetches a snapshot first
/// @param voteAnyway although the log of its votes is gone
record Joining(Upkeep upkeep, boolean state, Optional<Checkpoint> trust, boolean voteAnyway) {
  private static final int KEPT_MIN = 16;

  static Joining of(NodeConfig config, boolean voteAnyway) throws Mistake {
    String sync = config.text(Setting.SYNC);
    if (!sync.equals("state") && !sync.equals("blocks")) {
      throw config.mistake(Setting.SYNC, "state or blocks");
    }
    return new Joining(upkeep(config), sync.equals("state"), trust(config), voteAnyway);
  }

  static Upkeep upkeep(NodeConfig config) throws Mistake {
    long every = config.number(Setting.SNAPSHOTS, 0, Long.MAX_VALUE);
    String mode = config.text(Setting.STORAGE).strip();
    Retention archive = new Retention.Archive();
    return switch (mode) {
      case "archive" -> new Upkeep(archive, archive, every);
      case "full" -> new Upkeep(Upkeep.FULL.states(), archive, every);
      default -> {
        Retention newest = new Retention.Pruned(kept(config, mode));
        yield new Upkeep(newest, newest, every);
      }
    };
  }

  private static int kept(NodeConfig config, String mode) throws Mistake {
    if (mode.matches("pruned [0-9]{1,9}")) {
      int kept = Integer.parseInt(mode.substring(mode.indexOf(' ') + 1));
      if (kept >= KEPT_MIN) {
        return kept;
      }
    }
    throw config.mistake(
        Setting.STORAGE, "archive, full, or pruned N with N of at least " + KEPT_MIN);
  }

  private static Optional<Checkpoint> trust(NodeConfig config) throws Mistake {
    String text = config.text(Setting.TRUST);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Checkpoint.parse(text));
    } catch (Malformed e) {
      throw config.mistake(Setting.TRUST, "HEIGHT:HASH (%s)".formatted(e.reason()));
    }
  }

  /// Makes a site ready for its node: with a state, if it has none and shall fetch one, and with a
  /// vote log that it may use (S6).
  void prepare(
      Genesis genesis,
      RealSite site,
      boolean votes,
      List<PeerAddress> peers,
      Reporter reporter,
      BooleanSupplier broken)
      throws Mistake, IOException, InterruptedException {
    FinalizedChain chain = new FinalizedChain(site.database());
    long epoch = 0;
    boolean fetched = false;
    if (state && chain.isEmpty()) {
      switch (StateSyncRun.run(site, new SnapshotTrust(genesis, trust), peers, reporter, broken)) {
        case StateSync.Failed(String reason) -> throw Mistake.of("state sync: %s", reason);
        case StateSync.Synced synced -> {
          epoch = synced.epoch();
          fetched = true;
          reporter.info(
              "state_synced", "height", synced.height(), "dropped", synced.peersDropped());
        }
      }
    }
    if (votes) {
      boolean forgotten = site.voteLog().isEmpty() || (site.isVoteLogUnused() && height(chain) > 0);
      if (!fetched && !chain.isEmpty()) {
        epoch = chain.runningEpoch().number();
      }
      if (forgotten) {
        Place floor = voteAnyway ? Place.START : new Place(epoch + 1, 0);
        site.beginVoteLog(floor);
        reporter.warn("votes_forgotten", "votesFromEpoch", floor.epoch());
      }
    }
  }

  private static long height(FinalizedChain chain) {
    return chain.isEmpty() ? 0 : chain.height();
  }
}

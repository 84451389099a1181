package nimble.node.cli.node;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import nimble.codec.Malformed;
import nimble.genesis.Genesis;
import nimble.light.Checkpoint;
import nimble.light.TrustPeriod;
import nimble.node.StateSyncRun;
import nimble.node.Upkeep;
import nimble.node.chain.FinalizedChain;
import nimble.node.chain.ForgottenVotes;
import nimble.node.chain.Reporter;
import nimble.node.files.Mistake;
import nimble.node.files.NodeConfig;
import nimble.node.files.Setting;
import nimble.node.signing.SigningHistory;
import nimble.node.site.RealSite;
import nimble.node.sync.SnapshotTrust;
import nimble.node.sync.StateSync;
import nimble.p2p.PeerAddress;
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
    if (state && chain.isEmpty()) {
      switch (StateSyncRun.run(site, new SnapshotTrust(genesis, trust), peers, reporter, broken)) {
        case StateSync.Failed(String reason) -> throw Mistake.of("state sync: %s", reason);
        case StateSync.Synced synced -> {
          reporter.info(
              "state_synced", "height", synced.height(), "dropped", synced.peersDropped());
        }
      }
    }
    refuseOld(genesis, chain);
    trust.ifPresent(site::trust);
    if (votes) {
      long epoch = chain.isEmpty() ? 0 : chain.runningEpoch().number();
      if (voteAnyway) {
        site.voteAnyway();
      }
      SigningHistory history = site.signingGuard().history();
      ForgottenVotes.floor(site.voteLog(), history, height(chain), epoch, voteAnyway)
          .ifPresent(floor -> {
            site.beginVoteLog(floor);
            reporter.warn("votes_forgotten", "votesFromEpoch", floor.epoch());
          });
    }
  }

  /// N12.
  private void refuseOld(Genesis genesis, FinalizedChain chain) throws Mistake {
    long height = height(chain);
    long newestMillis = chain.isEmpty() ? genesis.timeMillis() : chain.tip().timeMillis();
    boolean leads = trust.filter(it -> it.height().value() >= height).isPresent();
    Optional<String> tooOld =
        TrustPeriod.of(genesis).refuses(newestMillis, System.currentTimeMillis());
    if (tooOld.isPresent() && !leads) {
      throw Mistake.of("block %d is the newest here, and %s", height, tooOld.get());
    }
  }

  private static long height(FinalizedChain chain) {
    return chain.isEmpty() ? 0 : chain.height();
  }
}

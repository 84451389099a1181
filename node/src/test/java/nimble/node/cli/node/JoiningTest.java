package nimble.node.cli.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import nimble.codec.Bytes;
import nimble.consensus.Vote;
import nimble.genesis.Genesis;
import nimble.genesis.Parameters;
import nimble.node.Upkeep;
import nimble.node.chain.Reporter;
import nimble.node.devnet.Devnet;
import nimble.node.devnet.NodeKeys;
import nimble.node.files.Mistake;
import nimble.node.files.NodeConfig;
import nimble.node.files.Setting;
import nimble.node.signing.SigningGuard;
import nimble.node.sim.Forge;
import nimble.node.site.NodeDirectory;
import nimble.node.site.Plant;
import nimble.node.site.RealSite;
import nimble.p2p.netty.Settings;
import nimble.storage.Place;
import nimble.storage.SegmentDirectory;
import nimble.storage.file.DataDirectory;
import nimble.storage.file.FileVoteLog;
import nimble.storage.rocks.RocksDatabase;
import nimble.storage.rocks.RocksMemory;
import nimble.types.Span;
import nimble.vm.reference.ReferenceMachine;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a validator is started with whose folder is not as it left it. Its chain is years old, and
/// in its first epoch.
final class JoiningTest {
  private static final long HEIGHT = 3;
  private static final Place NEXT_EPOCH = new Place(1, 0);

  @TempDir Path directory;
  private final Devnet devnet =
      Devnet.create(Bytes.utf8("joining"), 1, 0, 1_700_000_000_000L, Parameters.devnet());
  private final List<String> said = new ArrayList<>();

  private Path home() {
    return directory.resolve("home");
  }

  @BeforeEach
  void grow() throws Exception {
    NodeDirectory.make(home(), devnet.genesis(), Map.of(), true);
    NodeKeys validator = devnet.validators().getFirst();
    try (RocksMemory memory = new RocksMemory(32L << 20, 8L << 20);
        RocksDatabase database = RocksDatabase.open(home().resolve("db"), memory, 64);
        Forge forge = new Forge(devnet.genesis(), validator, database, Upkeep.FULL, (_, _) -> {})) {
      forge.growTo(HEIGHT);
    }
  }

  /// The floor of the log that the node is started with.
  private Place prepare(Genesis genesis, boolean voteAnyway, String trust) throws Exception {
    NodeConfig config =
        NodeConfig.load(NodeDirectory.config(home()), Map.of(), Map.of(Setting.TRUST, trust));
    Reporter reporter = (_, event, pairs) -> said.add(event + List.of(pairs));
    try (Plant plant = new Plant(1, new ReferenceMachine());
        DataDirectory data =
            DataDirectory.open(home(), devnet.genesis().chain().value(), devnet.genesis().hash());
        RealSite site =
            new RealSite(
                "node",
                plant,
                devnet.validators().getFirst().hot(),
                Settings.at("127.0.0.1", 0),
                data,
                true,
                (owner, cause) -> {
                  throw new AssertionError(owner, cause);
                })) {
      Joining.of(config, voteAnyway).prepare(genesis, site, true, List.of(), reporter, () -> false);
      assertEquals(!trust.isEmpty(), site.trusted().isPresent());
      assertEquals(voteAnyway, site.votesAnyway());
      return site.voteLog().orElseThrow().log().floor();
    }
  }

  private void forget() throws IOException {
    try (Stream<Path> files = Files.walk(home().resolve("votes"))) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
    Files.createDirectory(home().resolve("votes"));
  }

  @Test
  void s6WithoutItsVotesAValidatorWaitsForTheNextEpoch() throws Exception {
    forget();
    assertEquals(NEXT_EPOCH, prepare(devnet.genesis(), false, ""));
    assertEquals(List.of("votes_forgotten[votesFromEpoch, 1]"), said);
    assertEquals(NEXT_EPOCH, prepare(devnet.genesis(), true, ""), "what was said once holds");
  }

  @Test
  void s6ALogThatNothingWasSignedWithIsNotTheOneThatMadeTheChain() throws Exception {
    assertEquals(NEXT_EPOCH, prepare(devnet.genesis(), false, ""));
  }

  @Test
  void s6AnImportedHistoryIsMemory() throws Exception {
    try (SegmentDirectory files = FileVoteLog.files(home().resolve("votes"))) {
      SigningGuard guard = SigningGuard.open(files);
      guard.sign(new Vote.Nullify(1, 7));
      guard.sync();
    }
    assertEquals(Place.START, prepare(devnet.genesis(), false, ""));
    assertEquals(List.of(), said);
  }

  @Test
  void s6TheOperatorMayKnowBetter() throws Exception {
    forget();
    assertEquals(Place.START, prepare(devnet.genesis(), true, ""));
  }

  /// As where unbonding takes three weeks.
  private Genesis severe() {
    Genesis it = devnet.genesis();
    Parameters parameters =
        it.parameters()
            .with(
                it.parameters()
                    .money()
                    .withWaits(
                        it.parameters().money().vesting(), new Span(21L * 24 * 3_600_000, 1)));
    return new Genesis(
        it.chain(),
        it.prefix(),
        it.timeMillis(),
        it.beacon(),
        it.rewardPool(),
        parameters,
        it.validators(),
        it.accounts());
  }

  @Test
  void n12ANodeThatWasAwayTooLongIsStartedOnlyTowardsABlockThatItsOperatorTrusts()
      throws Exception {
    String old = "1:" + "00".repeat(32);
    for (String trust : List.of("", old)) {
      String words = assertThrows(Mistake.class, () -> prepare(severe(), false, trust)).words();
      assertTrue(words.startsWith("block 3 is the newest here"), words);
      assertTrue(words.contains("--trust HEIGHT:HASH"), words);
    }
    prepare(severe(), false, "1000:" + "00".repeat(32));
  }
}

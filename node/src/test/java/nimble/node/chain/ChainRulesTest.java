package nimble.node.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;
import nimble.chain.Block;
import nimble.chain.Header;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.genesis.Genesis;
import nimble.genesis.Parameters;
import nimble.light.Checkpoint;
import nimble.node.Forged;
import nimble.node.Upkeep;
import nimble.node.devnet.Devnet;
import nimble.node.devnet.NodeKeys;
import nimble.node.sim.Forge;
import nimble.storage.Retention;
import nimble.storage.mem.MemoryDatabase;
import nimble.training.TrainingRules;
import nimble.types.ChainId;
import nimble.types.Hash;
import nimble.types.Height;
import nimble.types.VoteSignature;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// N3: the block that follows a chain of three, and what becomes of it when one thing is changed.
final class ChainRulesTest {
  private static final int PARENT = 3;
  private static final long LATE = Long.MAX_VALUE / 2;
  private static final Hash OTHER = new Hash(Bytes.wrap(new byte[Hash.SIZE]));

  /// In one long epoch.
  private final Parameters parameters =
      Parameters.devnet().with(Parameters.devnet().consensus().withEpochMillis(3_600_000));

  private final Devnet devnet =
      Devnet.create(Bytes.utf8("rules"), 1, 0, 1_700_000_000_000L, parameters);
  private final Genesis genesis = devnet.genesis();
  private final NodeKeys validator = devnet.validators().getFirst();
  private Block valid;
  private BlockTree tree;
  private ChainStore store;

  /// The same chain twice: one knows what comes next.
  @BeforeEach
  void grow() throws IOException {
    valid = new FinalizedChain(grown(PARENT + 1)).block(PARENT + 1).orElseThrow();
    store = ChainStore.open(grown(PARENT), genesis, new Retention.Archive());
    tree = new BlockTree(rules(), store);
  }

  private MemoryDatabase grown(long height) throws IOException {
    MemoryDatabase database = new MemoryDatabase();
    try (Forge forge = new Forge(genesis, validator, database, Upkeep.FULL, (_, _) -> {})) {
      forge.growTo(height);
    }
    return database;
  }

  private ChainRules rules() {
    Law law =
        Law.of(
            genesis,
            validator.hot().publicKey(),
            new TrainingRules(genesis.parameters().training()),
            new SeenVotes());
    return new Epoch(law, store.chain().runningEpoch(), Optional.empty()).rules();
  }

  /// As it comes from others.
  private String refusal(Block block) {
    try {
      return switch (tree.check(Block.decode(block.encode()), LATE)) {
        case Verdict.Invalid(String reason) -> reason;
        case Verdict.NotYet(String reason) -> "not yet: " + reason;
        case Verdict.Valid _ -> "valid";
      };
    } catch (Malformed e) {
      return e.reason();
    }
  }

  private String refusal(String field, Object value) {
    return refusal(new Block(Forged.with(valid.header(), field, value), valid.body()));
  }

  @Test
  void n3EachFieldOfAHeaderIsHeldAgainstTheChain() {
    assertEquals(PARENT, store.chain().height());
    Header header = valid.header();
    VoteSignature sigma = store.chain().tip().sigma();
    SequencedMap<String, List<Object>> changes = new LinkedHashMap<>();
    changes.put("chain", List.of(new ChainId("other"), "of chain"));
    changes.put("epoch", List.of(header.epoch() + 1, "of chain"));
    changes.put("view", List.of(store.chain().tip().view(), "cannot follow"));
    changes.put("height", List.of(new Height(PARENT + 2), "cannot follow"));
    changes.put("parent", List.of(OTHER, "not yet: parent"));
    changes.put("timeMillis", List.of(store.chain().tip().timeMillis(), "is before"));
    changes.put("proposer", List.of(1, "does not lead view"));
    changes.put("sigma", List.of(sigma, "its beacon is false"));
    changes.put("beacon", List.of(OTHER, "its beacon is false"));
    changes.put("txRoot", List.of(OTHER, "the body is not"));
    changes.put("stateRoot", List.of(OTHER, "its state root is not"));
    changes.put("receiptsRoot", List.of(OTHER, "its receipts are not"));
    changes.put("votesRoot", List.of(OTHER, "the body is not"));
    changes.put("setHash", List.of(OTHER, "another validator set"));
    changes.put("nextSetHash", List.of(Optional.of(OTHER), "other validators for the next epoch"));
    assertEquals(
        Stream.of(Header.class.getRecordComponents()).map(RecordComponent::getName).toList(),
        List.copyOf(changes.keySet()));
    changes.forEach((field, change) -> {
      String refusal = refusal(field, change.getFirst());
      assertTrue(refusal.contains((String) change.getLast()), field + ": " + refusal);
    });
    assertEquals("valid", refusal(valid));
  }

  /// A beacon that follows from another signature than the proposer's on this view.
  @Test
  void n3ABeaconIsTheProposersOnThisView() {
    VoteSignature sigma = store.chain().tip().sigma();
    Header other = Forged.with(valid.header(), "sigma", sigma);
    Header following =
        Forged.with(other, "beacon", Header.nextBeacon(store.chain().tip().beacon(), sigma));
    assertEquals("its beacon is false", refusal(new Block(following, valid.body())));
  }

  @Test
  void n3VotesAreFinalizeVotesOfThisEpochNewestFirst() {
    List<Bytes> votes = valid.body().votes();
    assertTrue(!votes.isEmpty(), "an idle block carries votes");
    assertTrue(refusalOfVotes(List.of(votes.getFirst(), votes.getFirst())).contains("are false"));
    byte[] bytes = votes.getFirst().toArray();
    bytes[bytes.length - 1] ^= 1;
    String forged = refusalOfVotes(List.of(Bytes.wrap(bytes)));
    assertTrue(forged.contains("its votes"), forged);
    assertTrue(refusalOfVotes(List.of(Bytes.utf8("?"))).contains("its votes are malformed"));
  }

  private String refusalOfVotes(List<Bytes> votes) {
    Block.Body body = new Block.Body(valid.body().workCalls(), valid.body().transactions(), votes);
    return refusal(new Block(Forged.with(valid.header(), "votesRoot", body.votesRoot()), body));
  }

  @Test
  void n3ABlockAheadOfTheClockIsNotYetDecidedUpon() {
    long earliest =
        valid.header().timeMillis() - genesis.parameters().consensus().clockSkewMillis();
    assertInstanceOf(Verdict.NotYet.class, tree.check(valid, earliest - 1));
    assertInstanceOf(Verdict.Valid.class, tree.check(valid, earliest));
  }

  /// Nothing has become final for long, and every block stands on the one before.
  @Test
  void n2WhatAnotherBlockStandsOnStays() throws IOException {
    int above = BlockTree.BLOCKS_MAX + 2;
    FinalizedChain longer = new FinalizedChain(grown(PARENT + above));
    for (long height = PARENT + 1; height <= PARENT + above; height++) {
      assertEquals("valid", refusal(longer.block(height).orElseThrow()), "block " + height);
    }
    Hash newest = longer.block(PARENT + above).orElseThrow().digest();
    assertEquals(above, tree.pathTo(newest).orElseThrow().size());
  }

  @Test
  void n12AtTheHeightOfATrustedBlockNoOtherBecomesFinal() throws IOException {
    Checkpoint other = new Checkpoint(new Height(PARENT + 1), OTHER);
    store = ChainStore.open(grown(PARENT), genesis, new Retention.Archive(), Optional.of(other));
    tree = new BlockTree(rules(), store);
    ExecutedBlock block = ((Verdict.Valid) tree.check(valid, LATE)).block();
    Throwable stopped =
        assertThrows(
            IllegalStateException.class,
            () -> tree.finalizeBlock(block, Optional.empty(), new Retention.Archive()));
    assertTrue(stopped.toString().contains("is trusted"), stopped::toString);
    assertEquals(PARENT, store.chain().height());
  }
}

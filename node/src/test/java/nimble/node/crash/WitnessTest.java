package nimble.node.crash;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import nimble.api.v1.BlockView;
import nimble.consensus.Vote;
import nimble.node.devnet.ChildNode;
import nimble.storage.file.FileVoteLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whoever looks on must see what is wrong.
final class WitnessTest {
  @TempDir Path home;

  @Test
  void k2SeesASecondVoteAndARepeatedOneIsNone() throws Exception {
    VoteBook votes = new VoteBook();
    votes.add(1, Vote.Kind.NOTARIZE, 0, 7, "aa", "log");
    votes.add(1, Vote.Kind.NOTARIZE, 0, 7, "aa", "other");
    votes.add(2, Vote.Kind.NOTARIZE, 0, 7, "bb", "log");
    votes.add(1, Vote.Kind.NOTARIZE, 1, 7, "bb", "log");
    assertEquals(3, votes.count());
    assertThrows(Broken.class, () -> votes.add(1, Vote.Kind.NOTARIZE, 0, 7, "bb", "other"));
  }

  @Test
  void k2SeesNullifyBesideFinalizeButNotBesideNotarize() throws Exception {
    VoteBook votes = new VoteBook();
    votes.add(1, Vote.Kind.NOTARIZE, 0, 7, "aa", "log");
    votes.add(1, Vote.Kind.NULLIFY, 0, 7, "-", "log");
    assertThrows(Broken.class, () -> votes.add(1, Vote.Kind.FINALIZE, 0, 7, "aa", "log"));
  }

  @Test
  void k3SeesAnotherBlockAtAHeight() {
    Witness witness = new Witness(2);
    witness.shown(0, block(5, "aa", "root"));
    witness.shown(1, block(5, "aa", "root"));
    assertDoesNotThrow(witness::check);
    assertEquals(5, witness.height());
    witness.shown(1, block(5, "aa", "other root"));
    assertThrows(Broken.class, witness::check);
  }

  @Test
  void countsEachTransactionOnce() throws Exception {
    Witness witness = new Witness(2);
    BlockView block = block(1, "aa", "r").toBuilder().addTransactions("x").build();
    witness.shown(0, block);
    witness.shown(1, block);
    assertEquals(1, witness.transactions());
    assertTrue(witness.await(0, () -> witness.height(1) == 1));
    assertFalse(witness.await(0, () -> witness.height(1) == 2));
  }

  private static BlockView block(long height, String digest, String root) {
    return BlockView.newBuilder().setHeight(height).setDigest(digest).setStateRoot(root).build();
  }

  @Test
  void k2And5ReadsWhatTheDeadHaveLeft() throws Exception {
    VoteBook votes = new VoteBook();
    Survivor dead = dead();
    log(
        "1 DEBUG vote_received signer=3 kind=FINALIZE epoch=0 view=9 digest=aa",
        "2 DEBUG vote_rec");
    new Remains(votes).examine(dead);
    assertEquals(1, votes.count());
    log("3 DEBUG vote_received signer=3 kind=FINALIZE epoch=0 view=9 digest=bb", "");
    assertThrows(Broken.class, () -> new Remains(votes).examine(dead));
    log("4 WARN misconduct culprits=[1]", "");
    assertThrows(Broken.class, () -> new Remains(new VoteBook()).examine(dead));
  }

  private Survivor dead() {
    FileVoteLog.create(home.resolve("votes")).close();
    ChildNode.Order order =
        new ChildNode.Order("validator0", home, "Main", 1, "", List.of(), List.of());
    return new Survivor(0, order, new Witness(1));
  }

  /// The last line is not whole.
  private void log(String line, String torn) throws IOException {
    Files.createDirectories(home.resolve("logs"));
    Files.writeString(home.resolve("logs/node.log"), line + "\n" + torn);
  }

  @Test
  void quantilesAreOfWhatWasMeasured() {
    Times times = new Times();
    assertEquals(0, times.quantile(0.5));
    for (long millis = 1; millis <= 100; millis++) {
      times.add(millis);
    }
    assertEquals(50, times.quantile(0.5));
    assertEquals(100, times.quantile(1));
    assertEquals(10, times.over(90));
  }
}

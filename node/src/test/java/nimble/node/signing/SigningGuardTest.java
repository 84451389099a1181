package nimble.node.signing;

import static nimble.node.signing.SigningHistory.Verdict.CONFLICT;
import static nimble.node.signing.SigningHistory.Verdict.SIGN;
import static nimble.node.signing.SigningHistory.Verdict.STALE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.consensus.Misconduct;
import nimble.consensus.Proposal;
import nimble.consensus.Vote;
import nimble.crypto.Hashing;
import nimble.sim.Seeds;
import nimble.storage.StorageFailure;
import nimble.storage.mem.MemorySegmentDirectory;
import org.junit.jupiter.api.Test;

final class SigningGuardTest {
  private final MemorySegmentDirectory disk = new MemorySegmentDirectory();
  private final SigningGuard guard = SigningGuard.open(disk);

  private static Proposal proposal(long epoch, long view, int digest) {
    return new Proposal(epoch, view, view - 1, Hashing.of("test", Bytes.ofU64(digest)));
  }

  private static Vote notarize(long view, int digest) {
    return new Vote.Notarize(proposal(1, view, digest));
  }

  private static Vote finalizes(long view, int digest) {
    return new Vote.Finalize(proposal(1, view, digest));
  }

  private static Vote nullify(long view) {
    return new Vote.Nullify(1, view);
  }

  @Test
  void h1NothingOfAnEarlierEpoch() {
    assertEquals(SIGN, guard.sign(notarize(9, 1)));
    assertEquals(STALE, guard.sign(new Vote.Nullify(0, 10)));
    assertEquals(SIGN, guard.sign(new Vote.Nullify(2, 1)));
    assertEquals(STALE, guard.sign(notarize(10, 1)));
  }

  @Test
  void h2NotarizeOncePerViewAndNeverAfterNullify() {
    assertEquals(SIGN, guard.sign(notarize(5, 1)));
    assertEquals(CONFLICT, guard.sign(notarize(5, 2)));
    assertEquals(STALE, guard.sign(notarize(4, 1)));
    assertEquals(SIGN, guard.sign(nullify(6)));
    assertEquals(STALE, guard.sign(notarize(6, 1)));
    assertEquals(SIGN, guard.sign(notarize(7, 1)));
  }

  @Test
  void h3NullifyAfterNotarizeIsLegalAndAfterFinalizeIsNot() {
    assertEquals(SIGN, guard.sign(notarize(5, 1)));
    assertEquals(SIGN, guard.sign(nullify(5)));
    assertEquals(SIGN, guard.sign(finalizes(6, 1)));
    assertEquals(CONFLICT, guard.sign(nullify(6)));
    assertEquals(SIGN, guard.sign(nullify(7)));
  }

  @Test
  void h4FinalizeOncePerViewAndNeverAfterNullify() {
    assertEquals(SIGN, guard.sign(finalizes(5, 1)));
    assertEquals(CONFLICT, guard.sign(finalizes(5, 2)));
    assertEquals(SIGN, guard.sign(nullify(6)));
    assertEquals(CONFLICT, guard.sign(finalizes(6, 1)));
    assertEquals(SIGN, guard.sign(finalizes(7, 1)));
  }

  @Test
  void h5TheSameVoteMayBeSignedAgain() {
    for (Vote vote : List.of(notarize(5, 1), finalizes(5, 1), nullify(6))) {
      assertEquals(SIGN, guard.sign(vote));
      guard.sync();
      assertEquals(SIGN, guard.sign(vote));
      assertEquals(false, guard.hasUnsynced());
    }
  }

  /// The next write is torn at every byte: what was signed before it stays signed.
  @Test
  void h6ATornWriteLosesNothingThatHasLeft() {
    guard.sign(notarize(5, 1));
    guard.sync();
    guard.sign(finalizes(5, 1));
    guard.sync();
    Bytes before = disk.read(SigningGuard.FILE);
    guard.sign(nullify(6));
    guard.sync();
    Bytes after = disk.read(SigningGuard.FILE);
    for (int cut = 0; cut <= SigningGuard.FILE_BYTES; cut++) {
      SigningGuard again =
          reopened(Bytes.concat(after.slice(0, cut), before.slice(cut, before.size())));
      assertEquals(CONFLICT, again.sign(notarize(5, 2)), "torn at " + cut);
      assertEquals(CONFLICT, again.sign(finalizes(5, 2)), "torn at " + cut);
    }
    assertEquals(CONFLICT, reopened(after).sign(finalizes(6, 1)));
  }

  @Test
  void h6AFileThatWasCutIsRefused() {
    guard.sign(notarize(5, 1));
    guard.sync();
    Bytes whole = disk.read(SigningGuard.FILE);
    for (int cut = 0; cut < SigningGuard.FILE_BYTES; cut++) {
      Bytes rest = whole.slice(0, cut);
      assertThrows(StorageFailure.class, () -> reopened(rest), "cut at " + cut);
    }
  }

  /// Votes at random, the power goes at random: what left never contradicts what leaves.
  @Test
  void h7WhatANewDiskSignsByItselfIsNoMemory() {
    assertFalse(guard.history().isMemory());
    guard.sign(new Vote.Notarize(proposal(0, 1, 1)));
    guard.sign(new Vote.Nullify(0, 1));
    assertFalse(guard.history().isMemory());
    assertTrue(guard.history().with(new Vote.Finalize(proposal(0, 2, 1))).isMemory());
    assertTrue(guard.history().with(nullify(1)).isMemory());
  }

  @Test
  void noCrashLeadsToAContradiction() {
    Seeds.forEach(
        200,
        random -> {
          MemorySegmentDirectory there = new MemorySegmentDirectory();
          SigningGuard signing = SigningGuard.open(there);
          List<Vote> left = new ArrayList<>();
          for (int turn = 0; turn < 40; turn++) {
            List<Vote> leaving = new ArrayList<>();
            for (int i = random.nextInt(3); i >= 0; i--) {
              Vote vote = any(random);
              if (signing.sign(vote) == SIGN) {
                leaving.add(vote);
              }
            }
            if (random.nextInt(5) == 0) {
              there.cutPowerAfter(1 + random.nextInt(2));
            }
            try {
              signing.sync();
              left.addAll(leaving);
            } catch (StorageFailure powerCut) {
              there.crash(random);
              signing = SigningGuard.open(there);
            }
            there.restart();
          }
          for (Vote one : left) {
            for (Vote other : left) {
              assertTrue(!Misconduct.conflict(one, other), one + " and " + other);
            }
          }
        });
  }

  @Test
  void whatEitherMachineSignedNeitherContradicts() throws Malformed {
    guard.sign(notarize(5, 1));
    guard.sign(nullify(6));
    SigningGuard moved = SigningGuard.open(new MemorySegmentDirectory());
    moved.sign(notarize(4, 1));
    moved.sign(finalizes(4, 1));
    moved.learn(SigningHistory.decode(guard.history().encode()));
    assertEquals(CONFLICT, moved.sign(notarize(5, 2)));
    assertEquals(CONFLICT, moved.sign(finalizes(6, 1)));
    assertEquals(CONFLICT, moved.sign(finalizes(4, 2)));
    assertEquals(SIGN, moved.sign(notarize(7, 1)));
  }

  private static Vote any(SplittableRandom random) {
    Proposal proposal = proposal(random.nextInt(2), 1 + random.nextInt(30), random.nextInt(2));
    return switch (random.nextInt(3)) {
      case 0 -> new Vote.Notarize(proposal);
      case 1 -> new Vote.Nullify(proposal.epoch(), proposal.view());
      default -> new Vote.Finalize(proposal);
    };
  }

  private static SigningGuard reopened(Bytes file) {
    MemorySegmentDirectory copy = new MemorySegmentDirectory();
    copy.create(SigningGuard.FILE, file.size());
    copy.write(SigningGuard.FILE, 0, file);
    return SigningGuard.open(copy);
  }
}

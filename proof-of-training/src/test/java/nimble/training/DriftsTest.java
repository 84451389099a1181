package nimble.training;

import static nimble.chain.Verdict.DEVIATES;
import static nimble.chain.Verdict.UPHELD;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import nimble.chain.AuditCall.SketchCommit;
import nimble.chain.AuditCall.SketchOpen;
import nimble.chain.Verdict;
import nimble.ledger.Accounts;
import nimble.ledger.MoneyEpoch;
import nimble.ledger.Overlay;
import nimble.training.spec.MoneySpec;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.JobId;
import org.junit.jupiter.api.Test;

/// Reports of drift, and what they cost whom (J32). Of six validators the last two are of another
/// class than the miners.
final class DriftsTest {
  private static final long PRICE = 100_000_000;
  private static final long STAKE = 1_000 * World.NIM;
  private static final Hash KEY = Specs.hash("key");
  private static final long EPOCH_MILLIS = 60_000;

  private final World world;
  private final JobId id;
  private final List<Integer> others;
  private final Address miner;

  DriftsTest() {
    long[] stakes = {STAKE, STAKE, STAKE, STAKE, STAKE, STAKE};
    world = Panel.world(stakes, PRICE, PRICE, PRICE, PRICE);
    // At the chain's own rate not every round is drawn.
    id =
        world.submit(Specs.spec(600, new MoneySpec(100 * World.NIM, 1_000_000_000, 0, Specs.HOUR)));
    Panel panel = new Panel(world, id);
    panel.start();
    others = world.validators.subList(4, 6);
    miner = world.job(id).stages().getFirst().miner();
    Overlay state = new Overlay(world.state());
    Jobs.putAuditors(
        state,
        World.slot(id, 0),
        Jobs.auditors(state, World.slot(id, 0)).stream()
            .map(auditor ->
                others.stream().map(World::address).anyMatch(auditor.account()::equals)
                    ? auditor.open(Specs.hash("another class"))
                    : auditor)
            .toList());
    world.override(state);
  }

  private long epoch() {
    return MoneyEpoch.of(world.state()).number();
  }

  private SketchCommit commit(int account) {
    Address auditor = World.address(account);
    return new SketchCommit(
        World.slot(id, 0), auditor, epoch(), opening(account, 0, 0).commitment());
  }

  private SketchOpen opening(int account, long epoch, long milliZ) {
    Address auditor = World.address(account);
    return new SketchOpen(World.slot(id, 0), auditor, epoch, KEY, miner, milliZ);
  }

  /// Rounds go on.
  private void nextEpoch() {
    long epoch = epoch();
    world.blockMillis = EPOCH_MILLIS / 2;
    while (epoch() == epoch) {
      world.idle(1);
    }
    world.blockMillis = 1_000;
  }

  private int rate() {
    return Drifts.rate(world.state(), World.slot(id, 0), miner, 100);
  }

  /// All commit, and tell that z in the next epoch.
  private void report(long... milliZ) {
    others.forEach(account -> world.work(commit(account)));
    long epoch = epoch();
    nextEpoch();
    for (int i = 0; i < milliZ.length; i++) {
      world.work(opening(others.get(i), epoch, milliZ[i]));
    }
  }

  @Test
  void j32OnlyWhoIsOfAnotherClassSketchesAndOnceInAnEpoch() {
    assertFalse(world.isOpen(commit(World.VALIDATOR)), "of the miner's class");
    assertFalse(world.isOpen(commit(World.FIRST_MINER)), "no validator");
    assertTrue(world.isOpen(commit(others.getFirst())));
    world.work(commit(others.getFirst()));
    assertFalse(world.isOpen(commit(others.getFirst())), "once");
    assertFalse(world.isOpen(opening(others.getFirst(), epoch(), 0)), "not yet");
    long epoch = epoch();
    nextEpoch();
    assertFalse(world.isOpen(opening(others.getLast(), epoch, 0)), "did not commit");
    SketchOpen otherKey =
        new SketchOpen(
            World.slot(id, 0),
            World.address(others.getFirst()),
            epoch,
            Specs.hash("other key"),
            miner,
            9_000);
    assertFalse(world.isOpen(otherKey));
    world.work(opening(others.getFirst(), epoch, 0));
    assertFalse(world.isOpen(opening(others.getFirst(), epoch, 9_000)), "once");
  }

  @Test
  void j32OneReportIsNone() {
    report(Suspicion.REPORT_MILLI_Z, Suspicion.REPORT_MILLI_Z - 1);
    assertEquals(100, rate());
    assertTrue(world.story(id).contains("DriftReported"));
    assertFalse(world.story(id).contains("Suspected"));
  }

  @Test
  void j32TwoReportsRaiseTheRateUntilTheNextEpochIsOver() {
    report(Suspicion.REPORT_MILLI_Z, 9_000);
    assertEquals(Drifts.PERMILLE, rate());
    assertEquals(700, Drifts.rate(world.state(), World.slot(id, 0), miner, 700));
    assertEquals(100, Drifts.rate(world.state(), World.slot(id, 1), miner, 100));
    nextEpoch();
    assertEquals(Drifts.PERMILLE, rate());
    nextEpoch();
    assertEquals(100, rate());
  }

  @Test
  void j32WhoReportedPaysForWhatFoundNothing() {
    for (Verdict verdict : List.of(UPHELD, DEVIATES)) {
      DriftsTest fresh = new DriftsTest();
      fresh.report(9_000, 9_000);
      Sketches sketches = Jobs.sketches(fresh.world.state(), World.slot(fresh.id, 0));
      Suspicion suspicion = sketches.suspicion().orElseThrow();
      final long stake = fresh.stake(fresh.others.getFirst());
      long owed = 1_001;
      Suspicion charged = suspicion.drawn(7).closed(7, owed);
      assertEquals(owed, charged.owed());
      assertEquals(0, suspicion.closed(7, owed).owed(), "it would have been drawn anyway");
      Overlay state = new Overlay(fresh.world.state());
      Suspicion last = verdict == UPHELD ? charged : charged.find();
      Jobs.put(state, World.slot(fresh.id, 0), sketches.with(Optional.of(last)));
      fresh.world.override(state);
      fresh.nextEpoch();
      fresh.nextEpoch();
      fresh.world.idle(1);
      long paid = verdict == UPHELD ? owed / 2 : 0;
      assertEquals(stake - paid, fresh.stake(fresh.others.getFirst()));
      assertEquals(verdict == UPHELD, fresh.world.story(fresh.id).contains("DriftPaid"));
      assertFalse(fresh.world.story(fresh.id).contains("Slashed"));
    }
  }

  private long stake(int account) {
    return Accounts.get(world.state(), World.address(account)).stake();
  }
}

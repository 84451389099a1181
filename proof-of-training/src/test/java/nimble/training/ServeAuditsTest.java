package nimble.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.chain.AuditCall.Appeal;
import nimble.chain.AuditCall.AuditorOpen;
import nimble.chain.AuditCall.Concede;
import nimble.chain.MinerCall.OfferPut;
import nimble.chain.ModelCall.ModelDeploy;
import nimble.chain.ModelCall.ModelPublish;
import nimble.chain.ModelCall.ModelUndeploy;
import nimble.chain.ModelSource;
import nimble.chain.Receipt.Outcome.Applied;
import nimble.chain.ServeCall.HostMissing;
import nimble.chain.ServeCall.HostReady;
import nimble.chain.ServeCall.ServeReceipt;
import nimble.chain.StageSlot;
import nimble.chain.Verdict;
import nimble.chain.WorkCall;
import nimble.genesis.Parameters;
import nimble.ledger.Accounts;
import nimble.ledger.Bonds;
import nimble.ledger.Escrows;
import nimble.ledger.Vesting;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.JobId;
import org.junit.jupiter.api.Test;

/// S9 to S12, on the real ledger.
final class ServeAuditsTest {
  private static final long STAKE = 1_000 * World.NIM;
  private static final long PRICE = 10 * World.NIM;

  /// The job is not audited.
  private static final Parameters PARAMETERS =
      Panel.PARAMETERS.with(Panel.PARAMETERS.training().withAuditRates(0, 0));

  private static final Hash ALIKE = World.digest(0);

  /// So much that its host's bond is worth less than twenty times of it: always drawn.
  private static final long MUCH = 100_000;

  private static final long HOURLY = 200_000_000;

  /// A receipt that is worth bringing is small beside a bond.
  private static final long SERVING = 1_000_000_000_000L;

  private final World world =
      new World(
          PARAMETERS,
          new long[] {STAKE, STAKE, STAKE, STAKE},
          HOURLY,
          2 * HOURLY,
          3 * HOURLY,
          4 * HOURLY,
          5 * HOURLY);
  private final JobId id;
  private final Panel panel;

  ServeAuditsTest() {
    JobId job = world.submit(Specs.spec(20));
    new Panel(world, job).start();
    while (world.job(job).state() == JobState.RUNNING) {
      int round = world.job(job).progress().round();
      world.round(job);
      if (ResumePoints.at(world.state(), job, round).isPresent()) {
        world.hold(job, round);
      }
    }
    world.idle(30);
    assertEquals(JobState.COMPLETED, world.job(job).state(), world.job(job).status().reason());
    for (int i = 0; i < 5; i++) {
      OfferPut dearer =
          new OfferPut(Specs.terms(1, 1).device(), "cpu", 1L << 40, 1_000_000, SERVING * (i + 1));
      world.done(World.FIRST_MINER + i, dearer);
    }
    world.done(
        World.DEVELOPER,
        new ModelPublish(new ModelSource.Trained(job), "tests/tiny-1", "MIT", 0, Optional.empty()));
    ModelDeploy deploy =
        new ModelDeploy("tests/tiny-1", World.hotKey(77), 1, PRICE, 40 * World.NIM, Long.MAX_VALUE);
    id = ((Applied) world.call(World.DEVELOPER, deploy)).job().orElseThrow();
    panel = new Panel(world, id);
    for (int stage = 0; stage < 3; stage++) {
      world.work(ready(stage));
    }
  }

  private Deployment deployment() {
    return Deployments.load(world.state(), id).orElseThrow();
  }

  private HostedStage seat(int stage) {
    return deployment().seats().get(stage);
  }

  private HostReady ready(int stage) {
    HostedStage held = seat(stage);
    int turn = held.called() ? held.turn() : 0;
    return new HostReady(new StageSlot(id, stage, 0), held.attempt(), turn, ALIKE);
  }

  private ServeReceipt receipt(long tokens) {
    return DeploymentsTest.receipt(new StageSlot(id, 0, 0), seat(0).attempt(), tokens);
  }

  private Address host() {
    return seat(0).miner().orElseThrow();
  }

  /// All validators join stage 0, so many of them in the host's class.
  private void join(int alike) {
    List<WorkCall> joins = new ArrayList<>();
    List<WorkCall> opens = new ArrayList<>();
    for (int i = 0; i < world.validators.size(); i++) {
      int account = world.validators.get(i);
      Hash own = i < alike ? ALIKE : Specs.hash("another");
      joins.add(panel.join(0, account, own));
      opens.add(new AuditorOpen(World.slot(id, 0), World.address(account), own));
    }
    world.work(joins.toArray(WorkCall[]::new));
    world.work(opens.toArray(WorkCall[]::new));
  }

  /// The audit of a receipt of stage 0.
  private Audit drawn() {
    join(4);
    world.work(receipt(MUCH));
    world.idle((int) PARAMETERS.training().beaconDelay());
    return panel.audits().getFirst();
  }

  private long escrow() {
    return Escrows.get(world.state(), id).map(it -> it.total()).orElse(0L);
  }

  private long owned(Address account) {
    var it = Accounts.get(world.state(), account);
    return it.balance() + it.bond() + it.vesting() + it.stake();
  }

  @Test
  void s9AReceiptIsPaidWhenItsAuditIsOver() {
    long before = owned(host());
    Audit audit = drawn();
    assertEquals(host(), audit.miner());
    assertEquals(before, owned(host()), "nothing yet");
    assertEquals(MUCH, seat(0).served().claimed());
    assertEquals(0, seat(0).served().tokens());
    assertFalse(world.isOpen(receipt(MUCH + 50_000)), "one at a time");
    assertTrue(audit.step() < MUCH);
    panel.agree(audit, Verdict.UPHELD);
    assertTrue(owned(host()) > before);
    assertEquals(MUCH, seat(0).served().tokens());
    assertEquals(1, deployment().audits().upheld());
    assertTrue(world.isOpen(receipt(MUCH + 50_000)));
    for (Address auditor : audit.heard().stream().map(AuditSeat::auditor).toList()) {
      assertTrue(Accounts.get(world.state(), auditor).vesting() > 0, "a fee");
    }
  }

  @Test
  void s10WhatNobodyCanAuditIsPaidAfterAWhile() {
    world.work(receipt(MUCH));
    world.idle((int) PARAMETERS.training().beaconDelay());
    assertTrue(panel.audits().isEmpty());
    assertEquals(0, seat(0).served().tokens());
    world.idle((int) PARAMETERS.training().auditCommit().blocks());
    assertEquals(MUCH, seat(0).served().tokens());
    assertTrue(seat(0).served().paid() > 0);
  }

  @Test
  void s10DrawnAreThoseOfTheHostsClassIfTwoAre() {
    join(2);
    world.work(receipt(MUCH));
    world.idle((int) PARAMETERS.training().beaconDelay());
    Audit audit = panel.audits().getFirst();
    assertFalse(Auditors.isMixed(world.state(), audit));
    assertTrue(audit.reserve().isEmpty());
    assertFalse(world.isOpen(panel.join(0, world.validators.getFirst())), "it has joined");
  }

  @Test
  void s10WithoutTwoOfItsClassAnyAreDrawn() {
    join(1);
    world.work(receipt(MUCH));
    world.idle((int) PARAMETERS.training().beaconDelay());
    assertTrue(Auditors.isMixed(world.state(), panel.audits().getFirst()));
  }

  @Test
  void s10SmallReceiptsAreDrawnSeldom() {
    join(4);
    int drawn = 0;
    long tokens = 0;
    for (int i = 0; i < 40; i++) {
      long least = deployment().order().receiptLeast();
      tokens = seat(0).served().tokens() + Math.ceilDiv(2_000 * least, seat(0).pricePer1k());
      world.work(receipt(tokens));
      world.idle((int) PARAMETERS.training().beaconDelay());
      for (Audit audit : panel.audits()) {
        drawn++;
        panel.agree(audit, Verdict.UPHELD);
      }
      assertEquals(tokens, seat(0).served().tokens());
    }
    assertTrue(drawn < 40, drawn + " of 40");
  }

  @Test
  void s12AConvictedHostLosesBondPayAndSeat() {
    Address host = host();
    long before = owned(host);
    long bond = Bonds.lockOf(world.state(), new StageSlot(id, 0, 0), host).orElseThrow().amount();
    Audit audit = drawn();
    long escrow = escrow();
    panel.agree(audit, Verdict.REJECTED);
    assertEquals(Audit.Phase.VOTING, panel.audit(audit).phase(), "nobody concedes");
    assertFalse(world.isOpen(new Concede(audit.id())));
    assertFalse(world.isOpen(new Appeal(audit.id())), "there is no dispute about it");
    panel.vote(audit, Verdict.REJECTED, Verdict.REJECTED, Verdict.REJECTED, Verdict.REJECTED);
    assertFalse(panel.isOpen(audit));
    assertEquals(before - bond, owned(host), "the bond is gone, nothing was paid");
    assertTrue(escrow() <= escrow);
    assertEquals(1, deployment().audits().rejected());
    HostAccount guilty = deployment().former().getFirst();
    assertTrue(guilty.convicted().contains("is false"), guilty.convicted());
    assertEquals(1, seat(0).attempt());
    assertTrue(
        Deployments.of(world.state(), host).stream()
            .noneMatch(hosted -> hosted.slot().equals(World.slot(id, 0))));
    ServeReceipt more = DeploymentsTest.receipt(new StageSlot(id, 0, 0), 0, 2 * MUCH);
    assertFalse(world.isOpen(more), "nothing more is paid to it");
    for (Address finder : audit.heard().stream().map(AuditSeat::auditor).toList()) {
      assertTrue(Accounts.get(world.state(), finder).vesting() > 0, "a bounty");
    }
  }

  @Test
  void s12UnvestedPayGoesBackToTheEscrow() {
    panel.agree(drawn(), Verdict.UPHELD);
    long unvested = Vesting.unvested(world.state(), new StageSlot(id, 0, 0), host());
    assertTrue(unvested > 0);
    world.work(receipt(2 * MUCH));
    world.idle((int) PARAMETERS.training().beaconDelay());
    Audit audit = panel.audits().getFirst();
    long left = Vesting.unvested(world.state(), new StageSlot(id, 0, 0), host());
    panel.agree(audit, Verdict.REJECTED);
    long escrow = escrow();
    panel.vote(audit, Verdict.REJECTED, Verdict.REJECTED, Verdict.REJECTED, Verdict.REJECTED);
    assertTrue(left > 0 && escrow() > escrow, "its words cost less than it gets back");
    assertEquals(0, Vesting.unvested(world.state(), new StageSlot(id, 0, 0), audit.miner()));
  }

  @Test
  void s12WhoWithholdsARowIsConvicted() {
    Address host = host();
    long before = owned(host);
    Audit audit = drawn();
    world.work(Panel.challenge(audit, audit.heard().getFirst().auditor()));
    world.idle((int) PARAMETERS.training().dataChallenge().blocks());
    assertFalse(panel.isOpen(audit));
    assertTrue(owned(host) < before);
    assertTrue(deployment().former().getFirst().convicted().contains("withheld"));
  }

  @Test
  void s11OtherBitsAreUnpaidAndNeverSlashed() {
    Address host = host();
    long before = owned(host);
    Audit audit = drawn();
    panel.agree(audit, Verdict.DEVIATES);
    assertFalse(panel.isOpen(audit));
    assertEquals(before, owned(host));
    assertEquals(MUCH, seat(0).served().tokens(), "never paid");
    assertEquals(Optional.of(host), seat(0).miner());
  }

  @Test
  void s11SilentAuditorsLoseAFeeAndTheHostIsPaid() {
    Audit audit = drawn();
    long stake = Accounts.get(world.state(), audit.heard().getFirst().auditor()).stake();
    world.idle(10 * (int) PARAMETERS.training().auditCommit().blocks());
    assertFalse(panel.isOpen(audit));
    assertTrue(seat(0).served().paid() > 0);
    assertTrue(Accounts.get(world.state(), audit.heard().getFirst().auditor()).stake() < stake);
  }

  @Test
  void s9ABondAnswersUntilWhatItsHostBroughtIsSettled() {
    Address host = host();
    Audit audit = drawn();
    world.work(new HostMissing(new StageSlot(id, 0, 0), 0, 1));
    world.work(ready(1), ready(2));
    world.idle((int) PARAMETERS.training().auditReveal().blocks());
    assertEquals(1, seat(0).attempt(), "it has lost the seat");
    assertTrue(Bonds.lockOf(world.state(), new StageSlot(id, 0, 0), host).isPresent());
    if (panel.isOpen(audit)) {
      panel.agree(panel.audit(audit), Verdict.UPHELD);
    }
    assertTrue(Bonds.lockOf(world.state(), new StageSlot(id, 0, 0), host).isEmpty());
    assertTrue(deployment().former().getFirst().served().paid() > 0);
  }

  @Test
  void s7ADeploymentEndsWhenAllIsSettled() {
    Audit audit = drawn();
    world.done(World.DEVELOPER, new ModelUndeploy(id));
    world.idle((int) PARAMETERS.training().window().blocks());
    assertTrue(panel.isOpen(audit) || deployment().phase() == Deployment.Phase.ENDED);
    world.idle(200);
    assertEquals(Deployment.Phase.ENDED, deployment().phase());
    assertTrue(Jobs.openAudits(world.state(), id).isEmpty());
    assertTrue(Jobs.auditors(world.state(), new StageSlot(id, 0, 0)).isEmpty());
  }
}

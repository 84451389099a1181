package nimble.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import nimble.chain.AuditCall.Appeal;
import nimble.chain.AuditCall.Concede;
import nimble.chain.ModelCall.ModelUndeploy;
import nimble.chain.ServeCall.HostMissing;
import nimble.chain.ServeCall.ServeReceipt;
import nimble.chain.StageSlot;
import nimble.chain.Verdict;
import nimble.chain.WorkCall;
import nimble.ledger.Accounts;
import nimble.ledger.Bonds;
import nimble.ledger.Escrows;
import nimble.ledger.Vesting;
import nimble.types.Address;
import nimble.types.JobId;
import org.junit.jupiter.api.Test;

/// S9 to S12, on the real ledger.
final class ServeAuditsTest {
  private final Hosting hosting = new Hosting();
  private final World world = hosting.world;
  private final JobId id = hosting.id;
  private final Panel panel = hosting.panel;

  private long escrow() {
    return Escrows.get(world.state(), id).map(it -> it.total()).orElse(0L);
  }

  private long owned(Address account) {
    var it = Accounts.get(world.state(), account);
    return it.balance() + it.bond() + it.vesting() + it.stake();
  }

  @Test
  void s9AReceiptIsPaidWhenItsAuditIsOver() {
    long before = owned(hosting.host());
    Audit audit = hosting.drawn();
    assertEquals(hosting.host(), audit.miner());
    assertEquals(before, owned(hosting.host()), "nothing yet");
    assertEquals(Hosting.MUCH, hosting.seat(0).served().claimed());
    assertEquals(0, hosting.seat(0).served().tokens());
    assertFalse(world.isOpen(hosting.receipt(Hosting.MUCH + 50_000)), "one at a time");
    assertTrue(audit.step() < Hosting.MUCH);
    panel.agree(audit, Verdict.UPHELD);
    assertTrue(owned(hosting.host()) > before);
    assertEquals(Hosting.MUCH, hosting.seat(0).served().tokens());
    assertEquals(1, hosting.deployment().audits().upheld());
    assertTrue(world.isOpen(hosting.receipt(Hosting.MUCH + 50_000)));
    for (Address auditor : audit.heard().stream().map(AuditSeat::auditor).toList()) {
      assertTrue(Accounts.get(world.state(), auditor).vesting() > 0, "a fee");
    }
  }

  /// Two hosts that are friends of the sender's would keep the bond of a third for ever.
  @Test
  void s9ReceiptsThatOverlapDoNotPutOffTheEnd() {
    int[] attempts = {hosting.seat(0).attempt(), hosting.seat(1).attempt()};
    world.done(World.DEVELOPER, new ModelUndeploy(hosting.id));
    for (int block = 1; block <= 300; block++) {
      for (int stage = 0; stage < 2; stage++) {
        WorkCall next =
            DeploymentsTest.receipt(World.slot(hosting.id, stage), attempts[stage], block);
        // One begins later: there is always one that is not settled.
        if (block > 8 * stage && world.isOpen(next)) {
          world.work(next);
        }
      }
      world.idle(1);
    }
    assertEquals(Deployment.Phase.ENDED, hosting.deployment().phase());
  }

  @Test
  void s10WhatNobodyCanAuditIsPaidAfterAWhile() {
    world.work(hosting.receipt(Hosting.MUCH));
    world.idle((int) Hosting.PARAMETERS.training().beaconDelay());
    assertTrue(panel.audits().isEmpty());
    assertEquals(0, hosting.seat(0).served().tokens());
    world.idle((int) Hosting.PARAMETERS.training().auditCommit().blocks());
    assertEquals(Hosting.MUCH, hosting.seat(0).served().tokens());
    assertTrue(hosting.seat(0).served().paid() > 0);
  }

  @Test
  void s10DrawnAreThoseOfTheHostsClassIfTwoAre() {
    hosting.join(2);
    world.work(hosting.receipt(Hosting.MUCH));
    world.idle((int) Hosting.PARAMETERS.training().beaconDelay());
    Audit audit = panel.audits().getFirst();
    assertFalse(Auditors.isMixed(world.state(), audit));
    assertTrue(audit.reserve().isEmpty());
    assertFalse(world.isOpen(panel.join(0, world.validators.getFirst())), "it has joined");
  }

  @Test
  void s10WithoutTwoOfItsClassAnyAreDrawn() {
    hosting.join(1);
    world.work(hosting.receipt(Hosting.MUCH));
    world.idle((int) Hosting.PARAMETERS.training().beaconDelay());
    assertTrue(Auditors.isMixed(world.state(), panel.audits().getFirst()));
  }

  @Test
  void s10SmallReceiptsAreDrawnSeldom() {
    hosting.join(4);
    int drawn = 0;
    long tokens = 0;
    for (int i = 0; i < 40; i++) {
      long least = hosting.deployment().order().receiptLeast();
      tokens =
          hosting.seat(0).served().tokens()
              + Math.ceilDiv(2_000 * least, hosting.seat(0).pricePer1k());
      world.work(hosting.receipt(tokens));
      world.idle((int) Hosting.PARAMETERS.training().beaconDelay());
      for (Audit audit : panel.audits()) {
        drawn++;
        panel.agree(audit, Verdict.UPHELD);
      }
      assertEquals(tokens, hosting.seat(0).served().tokens());
    }
    assertTrue(drawn < 40, drawn + " of 40");
  }

  @Test
  void s12AConvictedHostLosesBondPayAndSeat() {
    Address host = hosting.host();
    long before = owned(host);
    long bond = Bonds.lockOf(world.state(), new StageSlot(id, 0, 0), host).orElseThrow().amount();
    Audit audit = hosting.drawn();
    long escrow = escrow();
    panel.agree(audit, Verdict.REJECTED);
    assertEquals(Audit.Phase.VOTING, panel.audit(audit).phase(), "nobody concedes");
    assertFalse(world.isOpen(new Concede(audit.id())));
    assertFalse(world.isOpen(new Appeal(audit.id())), "there is no dispute about it");
    panel.vote(audit, Verdict.REJECTED, Verdict.REJECTED, Verdict.REJECTED, Verdict.REJECTED);
    assertFalse(panel.isOpen(audit));
    assertEquals(before - bond, owned(host), "the bond is gone, nothing was paid");
    assertTrue(escrow() <= escrow);
    assertEquals(1, hosting.deployment().audits().rejected());
    HostAccount guilty = hosting.deployment().former().getFirst();
    assertTrue(guilty.convicted().contains("is false"), guilty.convicted());
    assertEquals(1, hosting.seat(0).attempt());
    assertTrue(
        Deployments.of(world.state(), host).stream()
            .noneMatch(hosted -> hosted.slot().equals(World.slot(id, 0))));
    ServeReceipt more = DeploymentsTest.receipt(new StageSlot(id, 0, 0), 0, 2 * Hosting.MUCH);
    assertFalse(world.isOpen(more), "nothing more is paid to it");
    for (Address finder : audit.heard().stream().map(AuditSeat::auditor).toList()) {
      assertTrue(Accounts.get(world.state(), finder).vesting() > 0, "a bounty");
    }
  }

  @Test
  void s12UnvestedPayGoesBackToTheEscrow() {
    panel.agree(hosting.drawn(), Verdict.UPHELD);
    long unvested = Vesting.unvested(world.state(), new StageSlot(id, 0, 0), hosting.host());
    assertTrue(unvested > 0);
    world.work(hosting.receipt(2 * Hosting.MUCH));
    world.idle((int) Hosting.PARAMETERS.training().beaconDelay());
    Audit audit = panel.audits().getFirst();
    long left = Vesting.unvested(world.state(), new StageSlot(id, 0, 0), hosting.host());
    panel.agree(audit, Verdict.REJECTED);
    long escrow = escrow();
    panel.vote(audit, Verdict.REJECTED, Verdict.REJECTED, Verdict.REJECTED, Verdict.REJECTED);
    assertTrue(left > 0 && escrow() > escrow, "its words cost less than it gets back");
    assertEquals(0, Vesting.unvested(world.state(), new StageSlot(id, 0, 0), audit.miner()));
  }

  @Test
  void s12WhoWithholdsARowIsConvicted() {
    Address host = hosting.host();
    long before = owned(host);
    Audit audit = hosting.drawn();
    world.work(Panel.challenge(audit, audit.heard().getFirst().auditor()));
    world.idle((int) Hosting.PARAMETERS.training().dataChallenge().blocks());
    assertFalse(panel.isOpen(audit));
    assertTrue(owned(host) < before);
    assertTrue(hosting.deployment().former().getFirst().convicted().contains("withheld"));
    world.done(World.DEVELOPER, new ModelUndeploy(id));
    world.idle((int) Hosting.PARAMETERS.training().window().blocks() + 1);
    assertEquals(Deployment.Phase.ENDED, hosting.deployment().phase());
    assertEquals(
        List.of(host), hosting.deployment().former().stream().map(HostAccount::miner).toList());
  }

  @Test
  void s11OtherBitsAreUnpaidAndNeverSlashed() {
    Address host = hosting.host();
    long before = owned(host);
    Audit audit = hosting.drawn();
    panel.agree(audit, Verdict.DEVIATES);
    assertFalse(panel.isOpen(audit));
    assertEquals(before, owned(host));
    assertEquals(Hosting.MUCH, hosting.seat(0).served().tokens(), "never paid");
    assertEquals(Optional.of(host), hosting.seat(0).miner());
  }

  @Test
  void s11SilentAuditorsLoseAFeeAndTheHostIsPaid() {
    Audit audit = hosting.drawn();
    long stake = Accounts.get(world.state(), audit.heard().getFirst().auditor()).stake();
    world.idle(10 * (int) Hosting.PARAMETERS.training().auditCommit().blocks());
    assertFalse(panel.isOpen(audit));
    assertTrue(hosting.seat(0).served().paid() > 0);
    assertTrue(Accounts.get(world.state(), audit.heard().getFirst().auditor()).stake() < stake);
  }

  @Test
  void s9ABondAnswersUntilWhatItsHostBroughtIsSettled() {
    Address host = hosting.host();
    Audit audit = hosting.drawn();
    world.work(new HostMissing(new StageSlot(id, 0, 0), 0, 1));
    world.work(hosting.ready(1), hosting.ready(2));
    world.idle((int) Hosting.PARAMETERS.training().auditReveal().blocks());
    assertEquals(1, hosting.seat(0).attempt(), "it has lost the seat");
    assertTrue(Bonds.lockOf(world.state(), new StageSlot(id, 0, 0), host).isPresent());
    if (panel.isOpen(audit)) {
      panel.agree(panel.audit(audit), Verdict.UPHELD);
    }
    assertTrue(Bonds.lockOf(world.state(), new StageSlot(id, 0, 0), host).isEmpty());
    assertTrue(hosting.deployment().former().getFirst().served().paid() > 0);
  }

  @Test
  void s7ADeploymentEndsWhenAllIsSettled() {
    Audit audit = hosting.drawn();
    world.done(World.DEVELOPER, new ModelUndeploy(id));
    world.idle((int) Hosting.PARAMETERS.training().window().blocks());
    assertTrue(panel.isOpen(audit) || hosting.deployment().phase() == Deployment.Phase.ENDED);
    world.idle(200);
    assertEquals(Deployment.Phase.ENDED, hosting.deployment().phase());
    assertTrue(Jobs.openAudits(world.state(), id).isEmpty());
    assertTrue(Jobs.auditors(world.state(), new StageSlot(id, 0, 0)).isEmpty());
  }
}

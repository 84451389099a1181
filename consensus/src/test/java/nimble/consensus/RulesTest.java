package nimble.consensus;

import static nimble.consensus.Scene.GENESIS;
import static nimble.consensus.Scene.certificate;
import static nimble.consensus.Scene.finalizes;
import static nimble.consensus.Scene.hash;
import static nimble.consensus.Scene.notarize;
import static nimble.consensus.Scene.nullify;
import static nimble.consensus.Scene.proposal;
import static nimble.consensus.Scene.signed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import nimble.consensus.Effect.Build;
import nimble.consensus.Effect.Cast;
import nimble.consensus.Effect.Persist;
import nimble.consensus.Effect.Publish;
import nimble.consensus.Effect.StartTimer;
import org.junit.jupiter.api.Test;

/// Rules 1 to 7, a test per sentence. The engine under test is validator 0 unless it has to lead.
final class RulesTest {
  private static final Proposal FIRST = proposal(1, 0, 1);
  private static final Proposal SECOND = proposal(2, 1, 2);

  private final Scene scene = new Scene(0);

  @Test
  void r1EnteringArmsBothTimers() {
    List<StartTimer> timers = scene.all(StartTimer.class);
    assertTrue(timers.contains(new StartTimer(1, TimerKind.LEADER, 2_000)));
    assertTrue(timers.contains(new StartTimer(1, TimerKind.CERTIFY, 4_000)));
  }

  @Test
  void r1LeaderExtendsTheHighestCertifiedView() {
    Scene leader = new Scene(2);
    leader.verified(FIRST);
    leader.certified(FIRST);
    assertEquals(Optional.of(new Build(2, FIRST)), leader.one(Build.class));
  }

  @Test
  void r1LeaderNeedsNullificationsInBetween() {
    Scene leader = new Scene(3);
    leader.saw(nullify(2));
    assertEquals(3, leader.engine.view());
    assertTrue(leader.one(Build.class).isEmpty());
    leader.saw(nullify(1));
    assertEquals(Optional.of(new Build(3, GENESIS)), leader.one(Build.class));
  }

  @Test
  void r1ProposalIsDurableThenPublishedThenSigned() {
    Scene leader = new Scene(1);
    assertEquals(Optional.of(new Build(1, GENESIS)), leader.one(Build.class));
    List<Effect> effects = leader.step(new Input.Built(1, Optional.of(hash(1))));
    assertEquals(
        List.of(
            new Persist(new VoteRecord.Voted(notarize(FIRST))),
            new Publish(FIRST),
            new Cast(notarize(FIRST))),
        effects.subList(0, 3));
  }

  @Test
  void r1LeaderMayProposeItsParentsDigestAgain() {
    Scene leader = new Scene(2);
    leader.verified(FIRST);
    leader.certified(FIRST);
    leader.step(new Input.Built(2, Optional.of(FIRST.digest())));
    assertTrue(leader.casts(notarize(proposal(2, 1, 1))));
  }

  @Test
  void r2NotarizeIsDurableFirst() {
    List<Effect> effects = scene.verified(FIRST);
    assertEquals(new Persist(new VoteRecord.Voted(notarize(FIRST))), effects.getFirst());
    assertEquals(new Cast(notarize(FIRST)), effects.get(1));
  }

  @Test
  void r2OnlyTheLeadersProposalCounts() {
    scene.step(new Input.Voted(signed(2, notarize(FIRST))));
    assertTrue(scene.one(Effect.CheckVote.class).isEmpty());
    scene.step(new Input.Voted(signed(1, notarize(FIRST))));
    assertTrue(scene.one(Effect.CheckVote.class).isPresent());
    scene.step(new Input.VoteChecked(signed(1, notarize(FIRST)), false));
    assertTrue(scene.one(Effect.VerifyPayload.class).isEmpty());
  }

  @Test
  void r2NotarizesOncePerView() {
    Scene again = new Scene(0, new VoteRecord.Voted(notarize(FIRST)));
    again.verified(proposal(1, 0, 9));
    assertEquals(List.of(), again.cast());
  }

  @Test
  void r2NeverAfterNullify() {
    scene.fires(1, TimerKind.CERTIFY);
    assertTrue(scene.casts(nullify(1)));
    scene.verified(FIRST);
    assertEquals(List.of(), scene.cast());
  }

  @Test
  void r2ParentMustNotLieBelowTheLastFinal() {
    scene.saw(finalizes(FIRST));
    scene.verified(proposal(2, 0, 2));
    assertEquals(List.of(), scene.cast());
    assertTrue(scene.one(Effect.VerifyPayload.class).isEmpty());
  }

  @Test
  void r2ParentMustBeCertifiedByMe() {
    scene.saw(notarize(FIRST));
    scene.saw(nullify(1));
    scene.proposed(SECOND);
    assertTrue(scene.one(Effect.VerifyPayload.class).isEmpty());
    scene.step(new Input.PayloadCertified(FIRST, false));
    assertEquals(
        Optional.of(new Effect.VerifyPayload(SECOND, FIRST)),
        scene.one(Effect.VerifyPayload.class));
  }

  @Test
  void r2EveryViewInBetweenMustBeNullified() {
    scene.saw(nullify(2));
    scene.proposed(proposal(3, 0, 3));
    assertTrue(scene.one(Effect.VerifyPayload.class).isEmpty());
    scene.saw(nullify(1));
    assertTrue(scene.one(Effect.VerifyPayload.class).isPresent());
  }

  @Test
  void r2SilenceIsNoVerdictAndNoIsAReasonToNullify() {
    scene.proposed(FIRST);
    assertEquals(List.of(), scene.cast());
    scene.step(new Input.PayloadVerified(FIRST, false));
    assertEquals(List.of(nullify(1)), scene.cast());
  }

  @Test
  void r3NotarizationIsStoredAndBroadcastOnceAndCertified() {
    scene.saw(notarize(FIRST));
    Certificate certificate = certificate(notarize(FIRST));
    assertEquals(new Persist(new VoteRecord.Seen(certificate)), scene.effects().getFirst());
    assertEquals(new Effect.Broadcast(certificate), scene.effects().get(1));
    assertEquals(Optional.of(new Effect.Certify(FIRST, GENESIS)), scene.one(Effect.Certify.class));
    assertEquals(
        Optional.of(new Effect.FetchPayload(FIRST, 1)), scene.one(Effect.FetchPayload.class));
    assertEquals(1, scene.engine.view());
    scene.saw(notarize(FIRST));
    assertEquals(List.of(), scene.effects());
  }

  @Test
  void r3CertifiedMovesOnAndFinalizes() {
    scene.certified(FIRST);
    assertEquals(List.of(finalizes(FIRST)), scene.cast());
    assertEquals(2, scene.engine.view());
  }

  @Test
  void r3CertifyingGoesOnAfterNullification() {
    scene.saw(notarize(FIRST));
    scene.saw(nullify(1));
    scene.step(new Input.PayloadCertified(FIRST, false));
    assertEquals(List.of(finalizes(FIRST)), scene.cast());
  }

  @Test
  void r3ParentsAreCertifiedFirst() {
    scene.saw(notarize(SECOND));
    assertTrue(scene.one(Effect.Certify.class).isEmpty());
    scene.saw(notarize(FIRST));
    assertEquals(List.of(new Effect.Certify(FIRST, GENESIS)), scene.all(Effect.Certify.class));
    scene.step(new Input.PayloadCertified(FIRST, false));
    assertEquals(List.of(new Effect.Certify(SECOND, FIRST)), scene.all(Effect.Certify.class));
  }

  @Test
  void r3AVerifiedPayloadIsCertifiedBeforeItsNotarization() {
    scene.verified(FIRST);
    assertTrue(scene.one(Effect.Certify.class).isPresent());
    scene.step(new Input.PayloadCertified(FIRST, false));
    assertEquals(1, scene.engine.view());
    scene.saw(notarize(FIRST));
    assertEquals(List.of(finalizes(FIRST)), scene.cast());
    assertEquals(2, scene.engine.view());
  }

  @Test
  void r4NeverAfterNullify() {
    scene.fires(1, TimerKind.CERTIFY);
    scene.certified(FIRST);
    assertEquals(List.of(), scene.cast());
    assertEquals(2, scene.engine.view());
  }

  @Test
  void r4NeverAfterEquivocationOfTheLeader() {
    scene.verified(FIRST);
    SignedVote first = signed(1, notarize(FIRST));
    SignedVote second = signed(1, notarize(proposal(1, 0, 9)));
    scene.step(new Input.Voted(second));
    assertEquals(
        Optional.of(new Effect.CheckEvidence(first, second)),
        scene.one(Effect.CheckEvidence.class));
    scene.step(new Input.EvidenceChecked(first, second, true));
    assertEquals(
        Optional.of(new Effect.Evidence(new Misconduct.Votes(first, second))),
        scene.one(Effect.Evidence.class));
    scene.certified(FIRST);
    assertEquals(List.of(), scene.cast());
  }

  @Test
  void r4AnEarlierCrimeHidesNoEquivocation() {
    scene.verified(FIRST);
    Proposal other = proposal(1, 0, 9);
    for (Vote vote : List.of(finalizes(FIRST), nullify(1), finalizes(other), notarize(other))) {
      scene.step(new Input.Voted(signed(1, vote)));
      for (Effect.CheckEvidence check : scene.all(Effect.CheckEvidence.class)) {
        scene.step(new Input.EvidenceChecked(check.first(), check.second(), true));
        assertEquals(1, scene.all(Effect.Evidence.class).size());
      }
    }
    scene.certified(FIRST);
    assertFalse(scene.casts(finalizes(FIRST)));
  }

  @Test
  void r4ANotarizationOfAnotherProposalIsEquivocation() {
    scene.verified(proposal(1, 0, 9));
    scene.certified(FIRST);
    assertEquals(List.of(), scene.cast());
    assertEquals(2, scene.engine.view());
  }

  @Test
  void r5EitherTimerNullifies() {
    scene.fires(1, TimerKind.LEADER);
    assertEquals(List.of(nullify(1)), scene.cast());
    Scene other = new Scene(0);
    other.proposed(FIRST);
    other.fires(1, TimerKind.LEADER);
    assertEquals(List.of(), other.cast());
    other.fires(1, TimerKind.CERTIFY);
    assertEquals(List.of(nullify(1)), other.cast());
  }

  @Test
  void r5NullifyAfterNotarizeIsLegal() {
    scene.verified(FIRST);
    assertTrue(scene.casts(notarize(FIRST)));
    scene.fires(1, TimerKind.CERTIFY);
    assertTrue(scene.casts(nullify(1)));
    assertFalse(Misconduct.conflict(notarize(FIRST), nullify(1)));
    scene.step(new Input.Voted(signed(2, notarize(FIRST))));
    scene.step(new Input.Voted(signed(2, nullify(1))));
    assertTrue(scene.one(Effect.CheckEvidence.class).isEmpty());
  }

  @Test
  void r5NullifyOnlyCurrentView() {
    scene.saw(nullify(1));
    assertEquals(2, scene.engine.view());
    scene.fires(1, TimerKind.CERTIFY);
    assertEquals(List.of(), scene.cast());
    scene.fires(3, TimerKind.CERTIFY);
    assertEquals(List.of(), scene.cast());
  }

  @Test
  void r5NeverAfterFinalize() {
    Scene again = new Scene(0, new VoteRecord.Voted(finalizes(FIRST)));
    assertEquals(1, again.engine.view());
    again.fires(1, TimerKind.CERTIFY);
    assertEquals(List.of(), again.cast());
  }

  @Test
  void r5NothingBuiltNullifies() {
    Scene leader = new Scene(1);
    leader.step(new Input.Built(1, Optional.empty()));
    assertEquals(List.of(nullify(1)), leader.cast());
  }

  @Test
  void r5TheLeadersOwnNullifyIsFollowedOnceVerified() {
    SignedVote vote = signed(1, nullify(1));
    scene.step(new Input.Voted(vote));
    assertEquals(List.of(), scene.cast());
    scene.step(new Input.VoteChecked(vote, true));
    assertEquals(List.of(nullify(1)), scene.cast());
  }

  @Test
  void r6NullificationIsBroadcastOnceAndMovesOn() {
    scene.saw(nullify(4));
    assertEquals(5, scene.engine.view());
    assertEquals(1, scene.all(Effect.Broadcast.class).size());
    scene.saw(nullify(4));
    assertEquals(List.of(), scene.effects());
  }

  @Test
  void r7FinalizationMakesAncestorsFinalOldestFirst() {
    scene.saw(notarize(FIRST));
    scene.saw(finalizes(SECOND));
    assertEquals(
        List.of(new Effect.Finalized(List.of(FIRST, SECOND), certificate(finalizes(SECOND)))),
        scene.all(Effect.Finalized.class));
    assertEquals(3, scene.engine.view());
    assertEquals(SECOND, scene.engine.lastFinal());
  }

  @Test
  void r7AFinalizationMayComeWithoutItsAncestors() {
    Proposal far = proposal(9, 8, 9);
    scene.saw(finalizes(far));
    assertEquals(List.of(far), scene.one(Effect.Finalized.class).orElseThrow().chain());
    assertEquals(10, scene.engine.view());
  }

  @Test
  void r7RoundsBelowAreForgotten() {
    for (long view = 1; view <= 300; view++) {
      scene.saw(finalizes(proposal(view, view - 1, (int) view)));
    }
    scene.step(new Input.Voted(signed(1, nullify(300 - State.RETENTION - 1))));
    scene.step(new Input.Voted(signed(2, nullify(300 - State.RETENTION - 1))));
    assertEquals(List.of(), scene.effects());
    assertTrue(scene.engine.floor().view() > 300 - State.RETENTION - 20);
    assertEquals(16, scene.engine.finalizeVotes().size());
  }

  @Test
  void r11OnlyItselfFollowsTheLastPayload() {
    lastCertified();
    scene.proposed(SECOND);
    assertEquals(List.of(), scene.cast());
    assertTrue(scene.one(Effect.VerifyPayload.class).isEmpty());
  }

  @Test
  void r11TheLastPayloadIsNotarizedAgainWithoutVerdict() {
    lastCertified();
    Proposal again = proposal(2, 1, 1);
    scene.proposed(again);
    assertEquals(List.of(notarize(again)), scene.cast());
    assertTrue(scene.one(Effect.VerifyPayload.class).isEmpty());
    assertEquals(List.of(new Effect.Certify(again, FIRST)), scene.all(Effect.Certify.class));
  }

  @Test
  void r11TheLeaderProposesTheLastPayloadAgainWithoutBuilding() {
    Scene leader = new Scene(2);
    leader.saw(notarize(FIRST));
    leader.step(new Input.PayloadCertified(FIRST, true));
    Proposal again = proposal(2, 1, 1);
    assertEquals(List.of(finalizes(FIRST), notarize(again)), leader.cast());
    assertTrue(leader.one(Effect.Build.class).isEmpty());
    assertEquals(List.of(new Effect.Publish(again)), leader.all(Effect.Publish.class));
  }

  @Test
  void r11NothingIsSignedOnceTheLastPayloadIsFinal() {
    lastCertified();
    scene.saw(finalizes(FIRST));
    assertTrue(scene.engine.isOver());
    assertEquals(2, scene.engine.view());
    assertEquals(List.of(), scene.fires(2, TimerKind.LEADER));
    scene.proposed(proposal(2, 1, 1));
    assertEquals(List.of(), scene.effects());
  }

  @Test
  void r11TheEpochIsOverWhenItsLastPayloadIsCertifiedAfterItsFinalization() {
    scene.saw(notarize(FIRST));
    scene.saw(finalizes(FIRST));
    assertFalse(scene.engine.isOver());
    scene.step(new Input.PayloadCertified(FIRST, true));
    assertTrue(scene.engine.isOver());
  }

  @Test
  void r11StragglersAreAnsweredAfterTheEnd() {
    lastCertified();
    scene.saw(finalizes(FIRST));
    scene.step(new Input.Requested(3, new Request(3, 1, 1)));
    assertEquals(List.of(new Effect.SendTo(3, certificate(finalizes(FIRST)))), scene.effects());
  }

  private void lastCertified() {
    scene.saw(notarize(FIRST));
    scene.step(new Input.PayloadCertified(FIRST, true));
    assertEquals(2, scene.engine.view());
  }
}

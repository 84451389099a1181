package nimble.consensus;

import static nimble.consensus.Scene.certificate;
import static nimble.consensus.Scene.finalizes;
import static nimble.consensus.Scene.notarize;
import static nimble.consensus.Scene.nullify;
import static nimble.consensus.Scene.proposal;
import static nimble.consensus.Scene.signed;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import nimble.check.Invariant;
import nimble.consensus.Effect.CheckVotes;
import nimble.consensus.Effect.SendTo;
import nimble.consensus.Effect.StartTimer;
import org.junit.jupiter.api.Test;

/// Rules 8 to 10, buffered aggregates, evidence, floors and epochs.
final class ConversationTest {
  private static final Proposal FIRST = proposal(1, 0, 1);
  private static final Proposal SECOND = proposal(2, 1, 2);

  private final Scene scene = new Scene(0);

  @Test
  void r8NullifyIsRepeatedWithTheBestCertificate() {
    scene.saw(nullify(1));
    scene.fires(2, TimerKind.CERTIFY);
    assertTrue(scene.effects().contains(new StartTimer(2, TimerKind.RETRY, 1_000)));
    scene.fires(2, TimerKind.RETRY);
    assertEquals(List.of(nullify(2)), scene.cast());
    assertTrue(scene.effects().contains(new Effect.Broadcast(certificate(nullify(1)))));
    assertTrue(scene.effects().contains(new StartTimer(2, TimerKind.RETRY, 1_000)));
    scene.saw(nullify(2));
    scene.fires(2, TimerKind.RETRY);
    assertEquals(List.of(), scene.effects());
  }

  @Test
  void r8TimeoutsGrowToTheCapAndResetOnFinalization() {
    for (long view = 1; view <= 40; view++) {
      scene.saw(nullify(view));
    }
    assertTrue(scene.effects().contains(new StartTimer(41, TimerKind.LEADER, 30_000)));
    scene.saw(finalizes(proposal(41, 0, 1)));
    assertTrue(scene.effects().contains(new StartTimer(42, TimerKind.LEADER, 2_000)));
    assertEquals(3_001, Timing.DEFAULT.grown(2_000, 1));
    assertEquals(30_000, Timing.DEFAULT.grown(2_000, Long.MAX_VALUE));
  }

  @Test
  void r9VotesOutsideOfTheWindowAreNotKept() {
    scene.step(new Input.Voted(signed(3, nullify(3))));
    scene.step(new Input.Voted(signed(3, finalizes(proposal(3, 1, 1)))));
    assertEquals(List.of(), scene.effects());
    scene.step(new Input.Voted(signed(2, nullify(2))));
    assertTrue(scene.one(Effect.CheckVote.class).isPresent());
  }

  @Test
  void r9OneVotePerSignerAndAQuorumIsCheckedOnce() {
    for (int signer : List.of(2, 2, 2, 3)) {
      scene.step(new Input.Voted(signed(signer, nullify(1))));
      assertEquals(List.of(), scene.effects());
    }
    scene.step(new Input.Voted(signed(0, nullify(1))));
    CheckVotes check = scene.one(CheckVotes.class).orElseThrow();
    assertEquals(3, check.votes().size());
    scene.step(
        new Input.VotesChecked(
            nullify(1), Optional.of(certificate(nullify(1), 0, 2, 3)), SignerSet.NONE));
    assertEquals(2, scene.engine.view());
  }

  @Test
  void r9BadVotesAreReportedAndTheGoodOnesKept() {
    for (int signer : List.of(0, 2, 3)) {
      scene.step(new Input.Voted(signed(signer, nullify(1))));
    }
    Certificate good = certificate(nullify(1), 0, 2);
    SignerSet bad = SignerSet.of(List.of(3));
    scene.step(new Input.VotesChecked(nullify(1), Optional.of(good), bad));
    assertEquals(
        Optional.of(new Effect.Report(new Effect.Notice.BadVotes(1, bad))),
        scene.one(Effect.Report.class));
    scene.step(new Input.Voted(signed(3, nullify(1))));
    assertEquals(List.of(), scene.effects());
    SignedVote fourth = signed(1, nullify(1));
    scene.step(new Input.Voted(fourth));
    assertEquals(
        Optional.of(new CheckVotes(nullify(1), Optional.of(good), List.of(fourth))),
        scene.one(CheckVotes.class));
  }

  @Test
  void r9ASecondVoteIsEvidenceOnceBothAreVerified() {
    SignedVote finalize = signed(2, finalizes(FIRST));
    SignedVote nullify = signed(2, nullify(1));
    scene.step(new Input.Voted(finalize));
    scene.step(new Input.Voted(nullify));
    assertEquals(
        Optional.of(new Effect.CheckEvidence(finalize, nullify)),
        scene.one(Effect.CheckEvidence.class));
    scene.step(new Input.EvidenceChecked(finalize, nullify, true));
    assertEquals(
        SignerSet.of(List.of(2)),
        scene.one(Effect.Evidence.class).orElseThrow().misconduct().culprits());
  }

  @Test
  void r9ALightCertificateIsNotEvenChecked() {
    scene.step(new Input.CertificateSeen(certificate(nullify(1), 0, 1)));
    assertEquals(List.of(), scene.effects());
    Certificate enough = certificate(nullify(1), 0, 1, 3);
    scene.step(new Input.CertificateSeen(enough));
    assertEquals(List.of(new Effect.CheckCertificate(enough)), scene.effects());
    scene.step(new Input.CertificateChecked(enough, false));
    assertEquals(1, scene.engine.view());
  }

  @Test
  void conflictingCertificatesAreEvidenceAgainstTheirIntersectionAndStop() {
    scene.saw(nullify(1));
    Certificate other = certificate(finalizes(FIRST), 1, 2, 3);
    scene.step(new Input.CertificateSeen(other));
    scene.step(new Input.CertificateChecked(other, true));
    assertEquals(
        SignerSet.of(List.of(1, 2)),
        scene.one(Effect.Evidence.class).orElseThrow().misconduct().culprits());
    assertTrue(scene.one(Effect.Stop.class).isPresent());
    assertEquals(List.of(), scene.fires(2, TimerKind.CERTIFY));
  }

  @Test
  void r10MissingAncestryIsAskedOfTheLeaderThenOfTheOthers() {
    scene.saw(nullify(2));
    scene.proposed(proposal(3, 1, 3));
    SendTo request = new SendTo(3, new Request(3, 1, 2));
    assertEquals(Optional.of(request), scene.one(SendTo.class));
    scene.fires(3, TimerKind.FETCH);
    assertEquals(Optional.of(new SendTo(1, new Request(3, 1, 2))), scene.one(SendTo.class));
    scene.saw(notarize(FIRST));
    scene.fires(3, TimerKind.FETCH);
    assertEquals(List.of(new Effect.FetchPayload(FIRST, 3)), scene.all(Effect.FetchPayload.class));
    assertTrue(scene.one(SendTo.class).isEmpty());
  }

  @Test
  void r10AnAnswerIsCutToTheLimit() {
    for (long view = 1; view <= 200; view++) {
      scene.saw(nullify(view));
    }
    scene.step(new Input.Requested(2, new Request(3, 1, 200)));
    assertEquals(Request.CERTIFICATES_MAX, scene.all(SendTo.class).size());
    assertEquals(new SendTo(2, certificate(nullify(1))), scene.effects().getFirst());
    scene.saw(finalizes(proposal(201, 0, 1)));
    scene.step(new Input.Requested(2, new Request(3, 1, 1)));
    assertEquals(
        List.of(new SendTo(2, certificate(finalizes(proposal(201, 0, 1))))), scene.effects());
  }

  @Test
  void whoWantsToCarryVotesHasLateOnesChecked() {
    scene.saw(finalizes(FIRST));
    SignedVote late = signed(3, finalizes(FIRST));
    scene.step(new Input.Voted(late));
    assertEquals(List.of(), scene.effects());
    scene.saw(finalizes(SECOND));
    scene.step(new Input.VotesWanted(1));
    assertEquals(Optional.empty(), scene.one(CheckVotes.class));
    scene.step(new Input.VotesWanted(2));
    assertEquals(
        Optional.of(
            new CheckVotes(
                finalizes(FIRST), Optional.of(certificate(finalizes(FIRST))), List.of(late))),
        scene.one(CheckVotes.class));
    Certificate all = certificate(finalizes(FIRST), 0, 1, 2, 3);
    scene.step(new Input.VotesChecked(finalizes(FIRST), Optional.of(all), SignerSet.NONE));
    assertEquals(List.of(all, certificate(finalizes(SECOND))), scene.engine.finalizeVotes());
  }

  @Test
  void nobodyElseChecksLateFinalizeVotes() {
    Scene scene = new Scene(3);
    scene.saw(finalizes(FIRST));
    scene.step(new Input.Voted(signed(3, finalizes(FIRST))));
    scene.saw(finalizes(SECOND));
    assertEquals(Optional.empty(), scene.one(CheckVotes.class));
  }

  @Test
  void nothingBelowTheFloorIsSigned() {
    Scene restored = new Scene(0, new VoteRecord.Floor(4, 0));
    restored.verified(FIRST);
    restored.fires(1, TimerKind.CERTIFY);
    assertEquals(List.of(), restored.cast());
    restored.certified(FIRST);
    assertEquals(List.of(), restored.cast());
    assertEquals(2, restored.engine.view());
  }

  @Test
  void recordsOfAnotherEpochAreNotReplayed() {
    Scene next =
        new Scene(
            0,
            new VoteRecord.Voted(new Vote.Nullify(2, 1)),
            new VoteRecord.Seen(certificate(new Vote.Nullify(2, 7))),
            new VoteRecord.Floor(2, 500));
    assertEquals(1, next.engine.view());
    next.verified(FIRST);
    assertEquals(List.of(notarize(FIRST)), next.cast());
  }

  @Test
  void anotherEpochsWordsAreIgnored() {
    scene.step(new Input.Voted(signed(1, new Vote.Nullify(4, 1))));
    scene.step(new Input.CertificateSeen(certificate(new Vote.Nullify(4, 1))));
    scene.step(new Input.Requested(2, new Request(4, 1, 1)));
    assertEquals(List.of(), scene.effects());
  }

  @Test
  void anObserverFollowsInSilence() {
    Scene observer = new Scene(Committee.OBSERVER);
    observer.verified(FIRST);
    observer.certified(FIRST);
    assertEquals(List.of(), observer.cast());
    observer.saw(finalizes(FIRST));
    assertEquals(FIRST, observer.engine.lastFinal());
  }

  @Test
  void oneValidatorAloneMakesProgress() {
    Engine engine =
        new Engine(
            new Committee(3, List.of(5L), 0, _ -> 0), Timing.DEFAULT, Scene.GENESIS.digest());
    engine.step(new Input.Started(List.of()));
    engine.step(new Input.Built(1, Optional.of(FIRST.digest())));
    for (Vote vote : List.of(notarize(FIRST), finalizes(FIRST))) {
      engine.step(new Input.Voted(signed(0, vote)));
      engine.step(new Input.VotesChecked(vote, Optional.of(certificate(vote, 0)), SignerSet.NONE));
      engine.step(new Input.PayloadCertified(FIRST, false));
    }
    assertEquals(FIRST, engine.lastFinal());
    assertEquals(2, engine.view());
  }

  @Test
  void theEngineStartsOnce() {
    assertThrows(Invariant.BrokenInvariant.class, () -> scene.step(new Input.Started(List.of())));
  }
}

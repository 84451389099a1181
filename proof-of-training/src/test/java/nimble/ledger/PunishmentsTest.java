package nimble.ledger;

import static nimble.ledger.LedgerTest.reason;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import nimble.chain.Block.Body;
import nimble.chain.Receipt;
import nimble.chain.Receipt.Outcome;
import nimble.chain.SignedWorkCall;
import nimble.chain.StakeCall.Delegate;
import nimble.chain.StakeCall.Evidence;
import nimble.chain.StakeCall.StakeAdd;
import nimble.chain.StakeCall.StakeRemove;
import nimble.chain.StakeCall.Undelegate;
import nimble.chain.WorkCall.DoubleVote;
import nimble.genesis.Parameters;
import nimble.ledger.Registration.Standing;
import org.junit.jupiter.api.Test;

/// What double votes cost (L25).
final class PunishmentsTest {
  private static final long NIM = Parameters.NIM;
  private static final People CULPRIT = People.MINER;
  private static final List<People> VOTERS = People.ALL.subList(1, 4);
  private final TestChain chain = TestChain.create();

  PunishmentsTest() {
    VOTERS.forEach(it -> chain.run(it, new StakeAdd(TestChain.LEAST)));
    VOTERS.forEach(it -> chain.run(it, RandomCalls.register(it, 0)));
    nextEpoch();
    nextEpoch();
    assertEquals(4, Elections.present(chain.view()).size());
  }

  private void nextEpoch() {
    chain.beginEpoch();
    chain.runEmpty(1);
  }

  private int seat(People person, long epoch) {
    return Elections.set(chain.view(), epoch).validators().stream()
        .map(it -> it.account())
        .toList()
        .indexOf(person.address());
  }

  private Evidence evidence(People culprit, long epoch) {
    int seat = seat(culprit, epoch);
    return new Evidence(
        TestVotes.vote(culprit.vote(), seat, epoch, 9, 1),
        TestVotes.vote(culprit.vote(), seat, epoch, 9, 2));
  }

  private Receipt report(Evidence evidence) {
    return chain.run(People.FRIEND, evidence);
  }

  private SignedWorkCall reported(People reporter, People culprit, Evidence evidence) {
    return TestChain.work(
        reporter,
        new DoubleVote(reporter.address(), culprit.address(), evidence.first(), evidence.second()));
  }

  @Test
  void l26ANodeReportsForNothing() {
    SignedWorkCall report = reported(People.VALIDATOR, CULPRIT, evidence(CULPRIT, 2));
    long balance = chain.account(People.VALIDATOR).balance();
    Receipt receipt = chain.run(TestChain.body(report)).getFirst();
    applied(receipt);
    assertEquals(0, receipt.fee());
    assertEquals(balance, chain.account(People.VALIDATOR).balance());
    assertEquals(TestChain.LEAST / 20 * 19, chain.account(CULPRIT).stake());
    assertEquals(Punishments.LEAST_PERMILLE, punishment(CULPRIT).permille());
    assertTrue(chain.refused(TestChain.body(report)).contains("no open slot for double vote of"));
    assertTrue(reason(report(evidence(CULPRIT, 2))).contains("was punished already"));
  }

  @Test
  void l26WhoDoesNotVoteReportsByAccount() {
    Evidence evidence = evidence(CULPRIT, 2);
    assertTrue(
        chain
            .refused(TestChain.body(reported(People.FRIEND, CULPRIT, evidence)))
            .contains("no open slot"));
    SignedWorkCall borrowed =
        new SignedWorkCall(
            reported(People.VALIDATOR, CULPRIT, evidence).call(),
            reported(People.FRIEND, CULPRIT, evidence).signature());
    assertTrue(chain.refused(TestChain.body(borrowed)).contains("signature"));
  }

  @Test
  void l26AFalseReportMakesItsBlockInvalid() {
    Evidence evidence = evidence(CULPRIT, 2);
    assertTrue(
        chain
            .refused(TestChain.body(reported(People.VALIDATOR, People.OTHER_MINER, evidence)))
            .contains("%s signed, not".formatted(CULPRIT.address())));
    Evidence framed =
        new Evidence(
            evidence.first(), TestVotes.vote(People.FRIEND.vote(), seat(CULPRIT, 2), 2, 9, 2));
    assertTrue(
        chain
            .refused(TestChain.body(reported(People.VALIDATOR, CULPRIT, framed)))
            .contains("did not sign both"));
    nextEpoch();
    chain.runEmpty(9);
    assertTrue(
        chain
            .refused(TestChain.body(reported(People.VALIDATOR, CULPRIT, evidence)))
            .contains("not within one unbonding period"));
  }

  @Test
  void l26APoolHoldsOneReportOfEachCulpritUntilItIsPunished() {
    Mempool pool = new Mempool(PoolLimits.DEFAULT, chain.rules);
    Evidence evidence = evidence(CULPRIT, 2);
    SignedWorkCall one = reported(People.VALIDATOR, CULPRIT, evidence);
    SignedWorkCall other = reported(People.OTHER_MINER, CULPRIT, evidence);
    assertEquals(Optional.empty(), pool.offer(one, chain.poolView(), chain.signatures()));
    assertTrue(
        pool.offer(other, chain.poolView(), chain.signatures()).orElseThrow()
            instanceof Refusal.SlotTaken);
    applied(report(evidence));
    pool.finalized(Body.EMPTY, chain.poolView());
    assertEquals(0, pool.workCallCount());
    assertTrue(
        pool.offer(other, chain.poolView(), chain.signatures()).orElseThrow()
            instanceof Refusal.NoOpenSlot);
  }

  private static void applied(Receipt receipt) {
    assertTrue(receipt.outcome() instanceof Outcome.Applied, () -> receipt.toString());
  }

  private Punishment punishment(People person) {
    return Punishments.of(chain.view(), person.address()).orElseThrow();
  }

  @Test
  void l25WhoIsAloneLosesAFewPercentOfItsStakeAndOfItsDelegators() {
    chain.run(People.DEVELOPER, new Delegate(CULPRIT.address(), 20 * NIM));
    long burned = Supply.of(chain.view()).burned();
    Receipt receipt = report(evidence(CULPRIT, 2));
    applied(receipt);
    assertEquals(Punishments.LEAST_PERMILLE, punishment(CULPRIT).permille());
    assertEquals(TestChain.LEAST / 20 * 19, chain.account(CULPRIT).stake());
    assertEquals(
        19 * NIM, Delegations.of(chain.view(), People.DEVELOPER.address()).getFirst().worth());
    long taken = TestChain.LEAST / 20 + NIM;
    assertTrue(Supply.of(chain.view()).burned() >= burned + taken, "burned, nobody is paid for it");
    assertEquals(
        TestChain.BOND, chain.account(CULPRIT).bond(), "what secures work answers for work");
  }

  @Test
  void l25ItIsExpelledForEver() {
    applied(report(evidence(CULPRIT, 2)));
    assertEquals(
        Standing.EXPELLED,
        Validators.get(chain.view(), CULPRIT.address()).orElseThrow().standing());
    nextEpoch();
    assertTrue(seat(CULPRIT, 3) >= 0, "elected before");
    assertEquals(4, Elections.set(chain.view(), 4).size(), "three bear no fault: the set stays");
    assertTrue(
        reason(chain.run(CULPRIT, RandomCalls.register(CULPRIT, 0))).contains("never register"));
    assertTrue(
        reason(chain.run(People.DEVELOPER, new Delegate(CULPRIT.address(), NIM)))
            .contains("does not stand"));
    long income = Income.of(chain.view(), CULPRIT.address()).paid();
    nextEpoch();
    assertEquals(income, Income.of(chain.view(), CULPRIT.address()).paid(), "and earns nothing");
  }

  @Test
  void l25EachIsPunishedOnce() {
    applied(report(evidence(CULPRIT, 2)));
    assertTrue(reason(report(evidence(CULPRIT, 2))).contains("was punished already"));
    nextEpoch();
    assertTrue(reason(report(evidence(CULPRIT, 3))).contains("was punished already"));
  }

  @Test
  void l25TheMoreAreCaughtInOneWindowTheMoreEachLoses() {
    applied(report(evidence(CULPRIT, 2)));
    // 100 of 800 NIM of votes: 5 % and three times 12.5 %.
    assertEquals(125_000, punishment(CULPRIT).shareMillionths());
    applied(report(evidence(People.OTHER_MINER, 2)));
    assertEquals(425, punishment(People.OTHER_MINER).permille());
    applied(report(evidence(People.VALIDATOR, 2)));
    assertEquals(800, punishment(People.VALIDATOR).permille());
    applied(report(evidence(VOTERS.get(2), 2)));
    assertEquals(1_000, punishment(VOTERS.get(2)).permille(), "at most all");
  }

  @Test
  void l25AnotherWindowBeginsAnew() {
    applied(report(evidence(CULPRIT, 2)));
    chain.runEmpty(11);
    nextEpoch();
    applied(report(evidence(People.OTHER_MINER, 3)));
    assertEquals(Punishments.LEAST_PERMILLE, punishment(People.OTHER_MINER).permille());
  }

  @Test
  void l25EvidenceIsTakenUntilOneUnbondingPeriodAfterItsEpoch() {
    nextEpoch();
    chain.runEmpty(8);
    Evidence inTime = evidence(People.OTHER_MINER, 2);
    Evidence late = evidence(CULPRIT, 2);
    applied(report(inTime));
    assertTrue(reason(report(late)).contains("not within one unbonding period"));
    assertTrue(
        reason(
                report(
                    new Evidence(
                        TestVotes.vote(CULPRIT.vote(), 1, 4, 1, 1),
                        TestVotes.vote(CULPRIT.vote(), 1, 4, 1, 2))))
            .contains("not within"));
  }

  @Test
  void l25FalseEvidenceCostsNobodyAnything() {
    int seat = seat(CULPRIT, 2);
    Evidence same =
        new Evidence(
            TestVotes.vote(CULPRIT.vote(), seat, 2, 9, 1),
            TestVotes.vote(CULPRIT.vote(), seat, 2, 9, 1));
    assertTrue(reason(report(same)).contains("no two votes"));
    Evidence framed =
        new Evidence(
            TestVotes.vote(CULPRIT.vote(), seat, 2, 9, 1),
            TestVotes.vote(People.FRIEND.vote(), seat, 2, 9, 2));
    assertTrue(reason(report(framed)).contains("did not sign both"));
    Evidence nobody =
        new Evidence(
            TestVotes.vote(CULPRIT.vote(), 4, 2, 9, 1), TestVotes.vote(CULPRIT.vote(), 4, 2, 9, 2));
    assertTrue(reason(report(nobody)).contains("has 4 validators"));
    assertTrue(Punishments.of(chain.view(), CULPRIT.address()).isEmpty());
    assertEquals(TestChain.LEAST, chain.account(CULPRIT).stake());
  }

  @Test
  void l25StakeOnItsWayOutAnswersForTheVotesItBacked() {
    chain.run(People.DEVELOPER, new Delegate(CULPRIT.address(), 40 * NIM));
    chain.run(People.DEVELOPER, new Undelegate(CULPRIT.address(), 20 * NIM));
    chain.run(CULPRIT, new StakeRemove(TestChain.BOND + TestChain.LEAST / 2));
    applied(report(evidence(CULPRIT, 2)));
    chain.run(People.DEVELOPER, new Undelegate(CULPRIT.address(), 19 * NIM));
    long developer = chain.account(People.DEVELOPER).balance();
    long culprit = chain.account(CULPRIT).balance();
    nextEpoch();
    nextEpoch();
    chain.runEmpty(15);
    assertEquals(0, chain.account(People.DEVELOPER).unbonding());
    assertEquals(
        developer + 19 * NIM + 19 * NIM,
        chain.account(People.DEVELOPER).balance(),
        "each part pays once");
    long half = TestChain.LEAST / 2;
    assertEquals(culprit + TestChain.BOND + half / 20 * 19, chain.account(CULPRIT).balance());
    assertEquals(half / 20 * 19, chain.account(CULPRIT).stake());
  }

  @Test
  void l25StakeThatHadStoppedVotingDoesNotAnswer() {
    chain.run(People.DEVELOPER, new Delegate(CULPRIT.address(), 40 * NIM));
    chain.run(People.DEVELOPER, new Undelegate(CULPRIT.address(), 20 * NIM));
    nextEpoch();
    nextEpoch();
    applied(report(evidence(CULPRIT, 4)));
    long before = chain.account(People.DEVELOPER).balance();
    chain.runEmpty(15);
    assertEquals(before + 20 * NIM, chain.account(People.DEVELOPER).balance());
    assertFalse(Delegations.of(chain.view(), People.DEVELOPER.address()).isEmpty());
    assertEquals(
        19 * NIM, Delegations.of(chain.view(), People.DEVELOPER.address()).getFirst().worth());
  }

  /// Who is caught soon has little at stake any more: what it took away voted for what nobody knew.
  @Test
  void l25ALaterDoubleVoteDoesNotFreeStakeOfAnEarlierOne() {
    chain.run(People.DEVELOPER, new Delegate(CULPRIT.address(), 40 * NIM));
    chain.run(People.DEVELOPER, new Undelegate(CULPRIT.address(), 20 * NIM));
    Evidence hidden = evidence(CULPRIT, 2);
    nextEpoch();
    nextEpoch();
    applied(report(evidence(CULPRIT, 4)));
    long stake = chain.account(CULPRIT).stake();
    long before = chain.account(People.DEVELOPER).balance();
    applied(report(hidden));
    assertTrue(reason(report(hidden)).contains("was punished already"));
    assertEquals(stake, chain.account(CULPRIT).stake(), "what is there has paid");
    assertEquals(Punishments.LEAST_PERMILLE, punishment(CULPRIT).permille());
    chain.runEmpty(15);
    assertEquals(before + 19 * NIM, chain.account(People.DEVELOPER).balance());
  }
}

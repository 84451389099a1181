package nimble.light;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import nimble.chain.Header;
import nimble.chain.Receipt;
import nimble.chain.ValidatorSet;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.consensus.Certificate;
import nimble.consensus.Proposal;
import nimble.consensus.SignerSet;
import nimble.consensus.Vote;
import nimble.crypto.Merkle;
import nimble.types.ChainId;
import nimble.types.Hash;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/// The rules Y3 to Y8, and for every link of a proof a false one that is refused for this reason.
final class VerifierTest {
  private static final Chain CHAIN = new Chain(4);

  private static void refused(String reason, Executable check) {
    Malformed refusal = assertThrows(Malformed.class, check);
    assertTrue(refusal.reason().contains(reason), refusal.reason());
  }

  private static Certificate signed(Header header, List<Integer> signers) {
    return CHAIN.certificate(header.epoch(), header.view(), header, signers);
  }

  @Test
  void y4AHeaderIsFinalByMoreThanTwoThirds() throws Malformed {
    Verifier verifier = Verifier.of(CHAIN.genesis());
    Header header = CHAIN.header(5);
    assertEquals(header, verifier.verify(CHAIN.finality(5)));
    assertEquals(
        header, verifier.verify(Finality.direct(header, signed(header, List.of(0, 1, 3)))));
    refused(
        "no quorum", () -> verifier.verify(Finality.direct(header, signed(header, List.of(0, 3)))));
  }

  @Test
  void y4FalseVotesAreRefused() throws Malformed {
    Verifier verifier = Verifier.of(CHAIN.genesis());
    Header header = CHAIN.header(5);
    Certificate good = CHAIN.certificate(header);
    refused(
        "signature",
        () ->
            verifier.verify(
                Finality.direct(
                    header,
                    new Certificate(
                        good.vote(), SignerSet.of(List.of(0, 1, 2)), good.aggregate()))));
    refused(
        "no quorum",
        () ->
            verifier.verify(
                Finality.direct(
                    header,
                    new Certificate(
                        good.vote(), SignerSet.of(List.of(0, 1, 2, 3, 4)), good.aggregate()))));
    refused(
        "signature",
        () ->
            verifier.verify(
                Finality.direct(
                    header,
                    new Certificate(
                        good.vote(),
                        good.signers(),
                        CHAIN.certificate(CHAIN.header(6)).aggregate()))));
    refused(
        "signature",
        () ->
            verifier.verify(
                Finality.direct(
                    header, CHAIN.certificate(good.vote(), new ChainId("other"), 0, CHAIN.all()))));
    refused("signature", () -> verifier.verify(signedBy(header, 1)));
  }

  /// By the validators of another epoch.
  private static Finality signedBy(Header header, long epoch) {
    return Finality.direct(header, CHAIN.certificate(epoch, header.view(), header, CHAIN.all()));
  }

  @Test
  void y4OnlyFinalizeVotesOnThisHeaderInThisView() throws Malformed {
    Verifier verifier = Verifier.of(CHAIN.genesis());
    Header header = CHAIN.header(5);
    Proposal proposal = new Proposal(0, header.view(), 0, header.digest());
    for (Vote vote :
        List.of(
            new Vote.Notarize(proposal),
            new Vote.Nullify(0, header.view()),
            new Vote.Finalize(new Proposal(0, header.view() + 1, 0, header.digest())),
            new Vote.Finalize(new Proposal(1, header.view(), 0, header.digest())),
            new Vote.Finalize(new Proposal(0, header.view(), 0, Hash.ZERO)))) {
      Certificate certificate = CHAIN.certificate(vote, Chain.ID, 0, CHAIN.all());
      refused("does not finalize", () -> verifier.verify(Finality.direct(header, certificate)));
    }
  }

  @Test
  void y4AnAncestorOfAFinalHeaderIsFinal() throws Malformed {
    Verifier verifier = Verifier.of(CHAIN.genesis());
    Header first = CHAIN.header(3);
    Header second = CHAIN.header(4, first.digest());
    Header third = CHAIN.header(5, second.digest());
    Certificate votes = CHAIN.certificate(third);
    assertEquals(first, verifier.verify(new Finality(List.of(first, second, third), votes)));
    refused("not the parent", () -> verifier.verify(new Finality(List.of(first, third), votes)));
    refused(
        "not the parent",
        () -> verifier.verify(new Finality(List.of(CHAIN.header(4), third), votes)));
    refused(
        "does not finalize", () -> verifier.verify(new Finality(List.of(first, second), votes)));
  }

  @Test
  void y4AHeaderOfAnotherChainEpochOrSetIsRefused() throws Malformed {
    Verifier verifier = CHAIN.at(1);
    refused("epoch 0", () -> verifier.verify(CHAIN.finality(5)));
    refused("epoch 2", () -> verifier.verify(CHAIN.finality(25)));
    Header header = CHAIN.header(15);
    Header other = with(header, new ChainId("other"), header.setHash());
    refused("chain other", () -> verifier.verify(Finality.direct(other, CHAIN.certificate(other))));
    Header set = with(header, Chain.ID, CHAIN.set(2).hash());
    refused("validator set", () -> verifier.verify(Finality.direct(set, CHAIN.certificate(set))));
  }

  private static Header with(Header it, ChainId chain, Hash setHash) {
    return new Header(
        chain,
        it.epoch(),
        it.view(),
        it.height(),
        it.parent(),
        it.timeMillis(),
        it.proposer(),
        it.sigma(),
        it.beacon(),
        it.txRoot(),
        it.stateRoot(),
        it.receiptsRoot(),
        it.votesRoot(),
        setHash,
        it.nextSetHash());
  }

  @Test
  void y5EpochsAreFollowedOneByOne() throws Malformed {
    Verifier verifier = Verifier.of(CHAIN.genesis());
    for (long epoch = 0; epoch < 5; epoch++) {
      assertEquals(epoch, verifier.epoch());
      assertEquals(CHAIN.header(epoch * 10 + 4), verifier.verify(CHAIN.finality(epoch * 10 + 4)));
      verifier = verifier.follow(CHAIN.step(epoch));
    }
    assertEquals(CHAIN.set(5), verifier.set());
    assertEquals(Optional.of(CHAIN.header(49)), verifier.before());
  }

  @Test
  void y5FalseStepsAreRefused() throws Malformed {
    Verifier verifier = CHAIN.at(1);
    EpochStep step = CHAIN.step(1);
    refused("epoch 2", () -> verifier.follow(CHAIN.step(2)));
    refused("epoch 0", () -> verifier.follow(CHAIN.step(0)));
    refused(
        "is not the one",
        () -> verifier.follow(new EpochStep(step.boundary(), step.certificate(), CHAIN.set(3))));
    Header middle = CHAIN.header(15);
    refused(
        "does not end",
        () -> verifier.follow(new EpochStep(middle, CHAIN.certificate(middle), CHAIN.set(2))));
    refused(
        "no quorum",
        () ->
            verifier.follow(
                new EpochStep(
                    step.boundary(), signed(step.boundary(), List.of(0, 1)), step.next())));
    refused(
        "signature",
        () ->
            verifier.follow(
                new EpochStep(
                    step.boundary(), signedBy(step.boundary(), 2).certificate(), step.next())));
    List<ValidatorSet.Validator> richer = new ArrayList<>(step.next().validators());
    ValidatorSet.Validator poor = richer.removeLast();
    richer.add(
        new ValidatorSet.Validator(
            poor.account(), poor.hotKey(), poor.voteKey(), poor.stake() * 9, poor.leaderWeight()));
    refused(
        "is not the one",
        () ->
            verifier.follow(
                new EpochStep(step.boundary(), step.certificate(), new ValidatorSet(richer))));
  }

  @Test
  void y5AnEpochsLastBlockMayBeVotedOnLater() throws Malformed {
    Verifier verifier = Verifier.of(CHAIN.genesis());
    Header last = CHAIN.header(9);
    assertEquals(
        1,
        verifier
            .follow(new EpochStep(last, CHAIN.certificate(0, 17, last, CHAIN.all()), CHAIN.set(1)))
            .epoch());
    refused(
        "does not finalize",
        () ->
            verifier.follow(
                new EpochStep(last, CHAIN.certificate(0, 9, last, CHAIN.all()), CHAIN.set(1))));
  }

  @Test
  void y3ATrustedBlockIsAStart() throws Malformed {
    Header header = CHAIN.header(24);
    Checkpoint trusted = Checkpoint.parse(Checkpoint.of(header).toString());
    Verifier verifier = Verifier.of(trusted, new Anchor(header, CHAIN.set(2)));
    assertEquals(3, verifier.follow(CHAIN.step(2)).epoch());
    assertEquals(CHAIN.header(27), verifier.verify(CHAIN.finality(27)));
    refused(
        "the trusted block is",
        () -> Verifier.of(trusted, new Anchor(CHAIN.header(25), CHAIN.set(2))));
    refused("validator set", () -> Verifier.of(trusted, new Anchor(header, CHAIN.set(3))));
    Header boundary = CHAIN.header(29);
    assertEquals(3, Verifier.after(Checkpoint.of(boundary), boundary, CHAIN.set(3)).epoch());
    refused("trusted", () -> Verifier.after(trusted, boundary, CHAIN.set(3)));
    refused(
        "is not the one", () -> Verifier.after(Checkpoint.of(boundary), boundary, CHAIN.set(2)));
    for (String text :
        List.of("", "1", ":" + Hash.ZERO, "x:" + Hash.ZERO, "7:ab", "-1:" + Hash.ZERO)) {
      assertThrows(Malformed.class, () -> Checkpoint.parse(text), text);
    }
  }

  @Test
  void y6ValuesAndAbsencesAreProven() throws Malformed {
    Verifier verifier = Verifier.of(CHAIN.genesis());
    Finality finality = CHAIN.finality(5);
    for (Bytes key : Chain.STATE.keySet()) {
      assertEquals(Optional.of(Chain.STATE.get(key)), verifier.verify(finality, Chain.claim(key)));
    }
    for (int i = 0; i < 50; i++) {
      assertEquals(
          Optional.empty(), verifier.verify(finality, Chain.claim(Bytes.utf8("absent" + i))));
    }
    StateClaim a = Chain.claim(Bytes.utf8("a"));
    refused("root", () -> verifier.verify(finality, new StateClaim(Bytes.utf8("b"), a.proof())));
    refused(
        "proof",
        () ->
            verifier.verify(
                finality,
                new StateClaim(Bytes.utf8("a"), Chain.claim(Bytes.utf8("absent1")).proof())));
  }

  @Test
  void y6EntriesAndReceiptsAreProven() throws Malformed {
    Verifier verifier = Verifier.of(CHAIN.genesis());
    Finality finality = CHAIN.finality(5);
    for (int i = 0; i < 3; i++) {
      Inclusion inclusion = Inclusion.of(Chain.ENTRIES, Chain.RECEIPTS, i);
      assertEquals(CHAIN.header(5), verifier.verify(finality, inclusion));
      int other = (i + 1) % 3;
      refused(
          "another receipt",
          () ->
              verifier.verify(
                  finality,
                  new Inclusion(
                      inclusion.entry(),
                      Chain.RECEIPTS.get(other),
                      inclusion.turns(),
                      inclusion.receiptSiblings())));
      refused(
          "not in block",
          () ->
              verifier.verify(
                  finality,
                  new Inclusion(
                      Bytes.utf8("forged"),
                      inclusion.receipt(),
                      inclusion.turns(),
                      inclusion.receiptSiblings())));
    }
  }

  @Test
  void y6EveryEntryOfABlockOfAnySizeHasAPath() throws Malformed {
    for (int size = 1; size < 20; size++) {
      List<Bytes> entries = IntStream.range(0, size).mapToObj(i -> Bytes.utf8("e" + i)).toList();
      List<Receipt> receipts = Collections.nCopies(size, Chain.RECEIPTS.getFirst());
      Header it = CHAIN.header(5);
      Header header =
          new Header(
              it.chain(),
              it.epoch(),
              it.view(),
              it.height(),
              it.parent(),
              it.timeMillis(),
              it.proposer(),
              it.sigma(),
              it.beacon(),
              Merkle.root(entries),
              it.stateRoot(),
              Merkle.root(receipts.stream().map(Receipt::encode).toList()),
              it.votesRoot(),
              it.setHash(),
              it.nextSetHash());
      for (int i = 0; i < size; i++) {
        Inclusion.of(entries, receipts, i).checkUnder(header);
      }
    }
  }

  @Test
  void y7AnOldTrustedPointIsRefusedWithTheRemedy() {
    long day = 24 * 3_600_000L;
    TrustPeriod period = new TrustPeriod(9 * day);
    assertEquals(Optional.empty(), period.refuses(0, 9 * day));
    String refusal = period.refuses(0, 10 * day).orElseThrow();
    assertTrue(refusal.contains("10 days old") && refusal.contains("--trust HEIGHT:HASH"), refusal);
    assertEquals(Optional.empty(), TrustPeriod.of(CHAIN.genesis()).refuses(0, 1_000 * day));
    assertTrue(TrustPeriod.UNKNOWN.refuses(0, 10 * day).isPresent());
  }

  @Test
  void y8AStaleHeaderIsNoNews() {
    assertEquals(Optional.empty(), TrustPeriod.stale(1_000, 61_000, 60_000));
    assertTrue(TrustPeriod.stale(1_000, 61_001, 60_000).orElseThrow().contains("hides"));
  }
}

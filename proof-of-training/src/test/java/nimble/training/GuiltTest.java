package nimble.training;

import static nimble.chain.Verdict.DEVIATES;
import static nimble.chain.Verdict.REJECTED;
import static nimble.chain.Verdict.UPHELD;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nimble.chain.Verdict;
import nimble.ledger.Overlay;
import nimble.training.Ballot.Decision;
import nimble.types.Address;
import nimble.types.JobId;
import org.junit.jupiter.api.Test;

/// Convictions under each combination of answers (J18, J30, J31): four validators, of which two are
/// of the miner's class, each with every verdict or none; the seats with every pair that is
/// contested; with and without an appeal.
final class GuiltTest {
  private static final List<Verdict> SAID = List.of(UPHELD, DEVIATES, REJECTED);
  private static final long STAKE = 1_000 * World.NIM;
  private static final long PRICE = 100_000_000;
  private static final int VOTERS = 4;
  private static final int WORDS = 4;

  /// In the miner's class.
  private static final int ALIKE = 2;

  private static final Verdict[][] SEATS = {
    {UPHELD, UPHELD}, // with unequal answers
    {UPHELD, DEVIATES},
    {UPHELD, REJECTED},
    {DEVIATES, DEVIATES},
    {DEVIATES, REJECTED},
    {REJECTED, REJECTED}
  };

  /// What a combination leads to.
  private enum Fate {
    SLASHED,
    DISPUTED,
    PAID,
    UNPAID,
    UNPAID_AND_STRUCK
  }

  /// So many of the four equal stakes said it.
  private record Said(int upheld, int deviates, int rejected, int alikeUpheld, int alikeOther) {
    int answered() {
      return upheld + deviates + rejected;
    }
  }

  /// The table, by hand. A third of four is more than one, two thirds of the answers are counted.
  private static Fate expected(Said said, boolean appealed, boolean accused) {
    boolean guilty =
        switch (said.rejected()) {
          case 0, 1 -> false;
          case 2 -> said.answered() == 2;
          case 3 -> true;
          default -> true;
        };
    if (guilty) {
      return appealed ? Fate.DISPUTED : Fate.SLASHED;
    }
    if (said.answered() <= 1) {
      return accused ? Fate.DISPUTED : Fate.UNPAID;
    }
    boolean doubted = said.rejected() * 2 >= said.answered();
    boolean deviates = said.alikeOther() > said.alikeUpheld();
    boolean most = said.upheld() * 2 > said.answered();
    return doubted || deviates || !most ? Fate.UNPAID_AND_STRUCK : Fate.PAID;
  }

  private final World world;
  private final JobId id;
  private final Audit drawn;

  GuiltTest() {
    long[] stakes = new long[VOTERS];
    Arrays.fill(stakes, STAKE);
    world = Panel.world(stakes, PRICE, PRICE, PRICE, PRICE);
    id = world.submit(Panel.alwaysAudited(60));
    Panel panel = new Panel(world, id);
    panel.start();
    drawn = panel.drawn();
  }

  @Test
  void everyCombinationOfAnswers() {
    Map<Fate, Integer> fates = new EnumMap<>(Fate.class);
    for (Verdict[] seats : SEATS) {
      for (int words = 0; words < WORDS * WORDS * WORDS * WORDS; words++) {
        for (boolean appealed : new boolean[] {false, true}) {
          fates.merge(check(seats, words, appealed), 1, Integer::sum);
        }
      }
    }
    int all = fates.values().stream().mapToInt(Integer::intValue).sum();
    assertEquals(SEATS.length * 256 * 2, all);
    assertEquals(EnumSet.allOf(Fate.class), fates.keySet(), "each came about");
  }

  private Fate check(Verdict[] seats, int words, boolean appealed) {
    Overlay state = new Overlay(world.state());
    List<Audit.Vote> votes = votes(words);
    Audit audit = audit(state, seats, votes, appealed);
    Turn turn = world.turn(state, id);
    long before = strikes(turn);
    Verdicts.decide(turn, audit);
    boolean accused =
        List.of(seats).contains(REJECTED)
            || votes.stream().anyMatch(vote -> vote.verdict() == REJECTED);
    Fate fate = fate(turn, audit, before);
    assertEquals(
        expected(said(votes), appealed, accused),
        fate,
        () -> "%s %s %s".formatted(List.of(seats), votes, appealed));
    return fate;
  }

  private Said said(List<Audit.Vote> votes) {
    List<Address> alike = world.validators.stream().limit(ALIKE).map(World::address).toList();
    int[] sums = new int[5];
    for (Audit.Vote vote : votes) {
      sums[vote.verdict().tag() - 1]++;
      if (alike.contains(vote.validator())) {
        sums[vote.verdict() == UPHELD ? 3 : 4]++;
      }
    }
    return new Said(sums[0], sums[1], sums[2], sums[3], sums[4]);
  }

  private List<Audit.Vote> votes(int words) {
    List<Audit.Vote> votes = new ArrayList<>();
    for (int i = 0, left = words; i < VOTERS; i++, left /= WORDS) {
      if (left % WORDS > 0) {
        Address voter = World.address(world.validators.get(i));
        votes.add(new Audit.Vote(voter, SAID.get(left % WORDS - 1), Panel.ANSWER));
      }
    }
    return votes;
  }

  /// As it is when the time to vote is over.
  private Audit audit(Overlay state, Verdict[] seats, List<Audit.Vote> votes, boolean appealed) {
    Audit audit = drawn.in(Audit.Phase.CONCEDING, world.now());
    for (int i = 0; i < seats.length; i++) {
      AuditSeat seat = drawn.seats().get(i);
      audit = audit.with(seat.reveal(seats[i], Specs.hash("answer " + i), Optional.empty()));
    }
    audit = appealed ? audit.appeal() : audit;
    for (Audit.Vote vote : votes) {
      audit = audit.vote(vote);
    }
    Turn turn = world.turn(state, id);
    Audits.enter(
        turn,
        drawn.in(Audit.Phase.COMMITTING, world.now()),
        Audit.Phase.CONCEDING,
        Panel.PARAMETERS.training().auditCommit());
    Jobs.put(state, audit);
    Jobs.putAuditors(
        state,
        drawn.slot(),
        Jobs.auditors(state, drawn.slot()).stream()
            .map(auditor ->
                world.validators.subList(0, ALIKE).stream()
                        .map(World::address)
                        .anyMatch(auditor.account()::equals)
                    ? auditor
                    : auditor.open(Specs.hash("another class")))
            .toList());
    return audit;
  }

  private Fate fate(Turn turn, Audit audit, long strikesBefore) {
    Optional<Audit> open = Jobs.audit(turn.state(), audit.id());
    if (open.isPresent()) {
      assertEquals(Audit.Phase.DISPUTED, open.get().phase());
      return Fate.DISPUTED;
    }
    boolean paid =
        Jobs.unsettled(turn.state(), id, audit.serial())
            .orElseThrow()
            .stages()
            .get(audit.slot().stage())
            .payable();
    if (!turn.stage(0).miner().equals(audit.miner())) {
      assertEquals(false, paid);
      return Fate.SLASHED;
    }
    if (paid) {
      return Fate.PAID;
    }
    return strikes(turn) > strikesBefore ? Fate.UNPAID_AND_STRUCK : Fate.UNPAID;
  }

  private static long strikes(Turn turn) {
    return turn.stage(0).strikes();
  }

  @Test
  void stakeDecidesNotHeads() {
    assertEquals(Decision.GUILTY, new Ballot(300, 0, 0, 101, 0, 101, 0, true).decision());
    assertEquals(Decision.GUILTY, new Ballot(300, 0, 0, 101, 0, 101, 50, true).decision());
    assertEquals(Decision.WITHHELD, new Ballot(300, 0, 0, 101, 0, 101, 51, true).decision());
    assertEquals(Decision.TOO_FEW, new Ballot(300, 0, 0, 100, 0, 100, 100, true).decision());
    assertEquals(Decision.TOO_FEW, new Ballot(300, 0, 0, 100, 0, 100, 0, true).decision());
    assertEquals(Decision.UNDECIDED, new Ballot(300, 60, 0, 120, 0, 0, 0, true).decision());
    assertEquals(Decision.GUILTY, new Ballot(300, 60, 0, 121, 0, 0, 0, true).decision());
    assertEquals(Decision.UPHELD, new Ballot(300, 101, 0, 0, 0, 0, 0, true).decision());
    assertEquals(Decision.TOO_FEW, new Ballot(300, 100, 0, 0, 100, 0, 0, true).decision());
    assertEquals(Decision.DEVIATED, new Ballot(300, 200, 50, 0, 49, 50, 0, false).decision());
  }
}

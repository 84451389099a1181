package nimble.training.role;

import java.util.List;
import java.util.Optional;
import nimble.chain.AuditId;
import nimble.chain.StageSlot;
import nimble.crypto.Hashing;
import nimble.training.Audit;
import nimble.training.Audit.Phase;
import nimble.training.AuditSeat;
import nimble.training.Challenge;
import nimble.training.ClosedStage;
import nimble.training.RoundRoots;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.Moment;

/// Records of the chain, for tests.
public final class Audits {
  public static final Hash CLASS = Hashing.of("class of the miners");

  private Audits() {}

  public static ClosedStage closed(RoundRoots roots, Optional<Hash> before) {
    return new ClosedStage(Tiny.address(0), CLASS, 100, roots, before, 1, 1, true);
  }

  public static Audit drawn(
      long number, int stage, int round, int step, Moment due, Address... seats) {
    return new Audit(
        new AuditId(Tiny.JOB, number),
        new StageSlot(Tiny.JOB, stage, 0),
        Tiny.address(stage),
        round,
        round,
        0,
        step,
        Hashing.of("seed " + number),
        Phase.COMMITTING,
        due,
        List.of(seats).stream()
            .map(seat -> new AuditSeat(seat, Optional.empty(), Optional.empty(), false))
            .toList(),
        List.of(),
        Optional.empty(),
        List.of(),
        Audit.Contest.NONE);
  }

  public static Audit with(Audit audit, Phase phase, Moment due, List<AuditSeat> seats) {
    return with(audit, phase, due, seats, audit.challenge(), audit.votes());
  }

  public static Audit with(
      Audit audit,
      Phase phase,
      Moment due,
      List<AuditSeat> seats,
      Optional<Challenge> challenge,
      List<Audit.Vote> votes) {
    return new Audit(
        audit.id(),
        audit.slot(),
        audit.miner(),
        audit.serial(),
        audit.round(),
        audit.attempt(),
        audit.step(),
        audit.seed(),
        phase,
        due,
        seats,
        audit.reserve(),
        challenge,
        votes,
        audit.contest());
  }
}

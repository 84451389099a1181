package nimble.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.chain.AuditId;
import nimble.chain.StageSlot;
import nimble.chain.Verdict;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.crypto.Hashing;
import nimble.training.spec.Limits;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.Moment;

/// An open audit of one step of one stage.
///
/// @param miner that committed to the round
/// @param serial of the [ClosedRound]
/// @param attempt at which the round was committed: names the evidence
/// @param step of the round: training steps first, then validation batches
/// @param seed of what the audit draws: the beacon that drew it, the stage and the number
/// @param due when the chain acts by itself
/// @param seats the auditors asked so far, in the drawn order; two are not silent
/// @param reserve who follows
/// @param challenge of its data, by an auditor that could not get it
/// @param votes when the seats' answers did not settle it
/// @param contest what became of those that differ
public record Audit(
    AuditId id,
    StageSlot slot,
    Address miner,
    int serial,
    int round,
    int attempt,
    int step,
    Hash seed,
    Phase phase,
    Moment due,
    List<AuditSeat> seats,
    List<Address> reserve,
    Optional<Challenge> challenge,
    List<Vote> votes,
    Contest contest) {
  /// Auditors that may take the places of silent ones.
  static final int SUBSTITUTES_MAX = 3;

  /// The first two, one of another class, and the substitutes.
  public static final int SEATS_MAX = 3 + SUBSTITUTES_MAX;

  /// Auditors that may follow those that are late.
  public static final int RESERVE_MAX = 16;

  /// What an open audit waits for. The tag is its byte in the canonical encoding.
  public enum Phase {
    /// Auditors re-execute the step and commit to their answers.
    COMMITTING(1),
    REVEALING(2),
    /// Validators say that they hold the data.
    CHALLENGED(3),
    /// The miner may concede.
    CONCEDING(4),
    /// All able validators re-execute the step.
    VOTING(5),
    /// The miner and one accuser play it down to one number (J30).
    DISPUTED(6);

    private final int tag;

    Phase(int tag) {
      this.tag = tag;
    }

    private static Phase of(int tag) throws Malformed {
      for (Phase phase : values()) {
        if (phase.tag == tag) {
          return phase;
        }
      }
      throw new Malformed("unknown phase of an audit %d".formatted(tag));
    }
  }

  /// What a validator found by itself.
  public record Vote(Address validator, Verdict verdict, Hash answer) {
    private void write(Writer writer) {
      validator.write(writer);
      answer.write(writer.u8(verdict.tag()));
    }

    private static Vote read(Reader reader) throws Malformed {
      return new Vote(Address.read(reader), Verdict.of(reader.u8()), Hash.read(reader));
    }
  }

  /// @param appealed the miner wants a dispute rather than be found guilty
  /// @param accuser who plays it against the miner
  public record Contest(boolean appealed, Optional<Address> accuser) {
    public static final Contest NONE = new Contest(false, Optional.empty());

    private void write(Writer writer) {
      writer.bool(appealed).optional(accuser, Address::write);
    }

    private static Contest read(Reader reader) throws Malformed {
      return new Contest(reader.bool(), reader.optional(Address::read));
    }
  }

  public Audit {
    seats = List.copyOf(seats);
    reserve = List.copyOf(reserve);
    votes = List.copyOf(votes);
  }

  /// The seat of `auditor`, while it is not silent.
  public Optional<AuditSeat> seat(Address auditor) {
    return seats.stream()
        .filter(seat -> seat.auditor().equals(auditor) && !seat.silent())
        .findFirst();
  }

  /// Those that are not silent.
  public List<AuditSeat> heard() {
    return seats.stream().filter(seat -> !seat.silent()).toList();
  }

  /// Those that are not silent and told what they found.
  List<AuditSeat> revealed() {
    return heard().stream().filter(seat -> seat.reveal().isPresent()).toList();
  }

  /// Who could not get the data.
  public Optional<Address> challenger() {
    return challenge.map(Challenge::by);
  }

  /// Validators that hold shards of the data.
  public List<Address> holders() {
    return challenge.map(Challenge::holders).orElse(List.of());
  }

  /// The bundle of a challenged audit that validators hold.
  public Optional<Hash> bundle() {
    return challenge.flatMap(Challenge::bundle);
  }

  /// What who found that bundle to be none of the data answers: the same for everybody.
  public Hash withheld() {
    return Hashing.of("withheld", Writer.encode(id::write), bundle().orElse(Hash.ZERO).bytes());
  }

  public Optional<Vote> voteOf(Address validator) {
    return votes.stream().filter(vote -> vote.validator().equals(validator)).findFirst();
  }

  /// While it is, nothing that the stage earned for the miner vests.
  public boolean isContested() {
    return switch (phase) {
      case COMMITTING, REVEALING -> false;
      case CHALLENGED, CONCEDING, VOTING, DISPUTED -> true;
    };
  }

  /// Whether the miner may say that it stands by its work.
  public boolean takesAppeal() {
    return (phase == Phase.CONCEDING || phase == Phase.VOTING) && !contest.appealed();
  }

  Audit in(Phase next, Moment later) {
    return with(next, later, seats, reserve, challenge, votes, contest);
  }

  /// Puts a seat that changed in its auditor's place.
  Audit with(AuditSeat changed) {
    List<AuditSeat> all =
        seats.stream()
            .map(seat -> seat.auditor().equals(changed.auditor()) ? changed : seat)
            .toList();
    return with(phase, due, all, reserve, challenge, votes, contest);
  }

  boolean hasSubstitute() {
    long silent = seats.stream().filter(AuditSeat::silent).count();
    return silent <= SUBSTITUTES_MAX && !reserve.isEmpty();
  }

  /// The first of the reserve sits.
  Audit substitute() {
    List<AuditSeat> all = new ArrayList<>(seats);
    all.add(AuditSeat.of(reserve.getFirst()));
    List<Address> rest = reserve.subList(1, reserve.size());
    return with(phase, due, all, rest, challenge, votes, contest);
  }

  Audit with(Challenge made) {
    return with(phase, due, seats, reserve, Optional.of(made), votes, contest);
  }

  Audit vote(Vote vote) {
    List<Vote> all = new ArrayList<>(votes);
    all.add(vote);
    return with(phase, due, seats, reserve, challenge, all, contest);
  }

  Audit appeal() {
    return with(new Contest(true, contest.accuser()));
  }

  Audit accuse(Address accuser) {
    return with(new Contest(contest.appealed(), Optional.of(accuser)));
  }

  private Audit with(Contest next) {
    return with(phase, due, seats, reserve, challenge, votes, next);
  }

  private Audit with(
      Phase phase,
      Moment due,
      List<AuditSeat> seats,
      List<Address> reserve,
      Optional<Challenge> challenge,
      List<Vote> votes,
      Contest contest) {
    return new Audit(
        id, slot, miner, serial, round, attempt, step, seed, phase, due, seats, reserve, challenge,
        votes, contest);
  }

  void write(Writer writer) {
    id.write(writer);
    slot.write(writer);
    miner.write(writer);
    writer.u32(serial).u32(round).u32(attempt).u32(step);
    seed.write(writer);
    writer.u8(phase.tag);
    due.write(writer);
    writer.list(seats, SEATS_MAX, AuditSeat::write).list(reserve, RESERVE_MAX, Address::write);
    writer.optional(challenge, Challenge::write);
    writer.list(votes, Limits.VALIDATORS_MAX, Vote::write);
    contest.write(writer);
  }

  static Audit read(Reader reader) throws Malformed {
    return new Audit(
        AuditId.read(reader),
        StageSlot.read(reader),
        Address.read(reader),
        reader.length(Integer.MAX_VALUE),
        reader.length(Integer.MAX_VALUE),
        reader.length(Integer.MAX_VALUE),
        reader.length(Integer.MAX_VALUE),
        Hash.read(reader),
        Phase.of(reader.u8()),
        Moment.read(reader),
        reader.list(SEATS_MAX, AuditSeat::read),
        reader.list(RESERVE_MAX, Address::read),
        reader.optional(Challenge::read),
        reader.list(Limits.VALIDATORS_MAX, Vote::read),
        Contest.read(reader));
  }
}

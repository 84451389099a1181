package nimble.ledger;

import java.util.Comparator;
import java.util.Optional;
import nimble.chain.AuditCall;
import nimble.chain.AuditId;
import nimble.chain.ServeCall;
import nimble.chain.StageSlot;
import nimble.chain.WorkCall;
import nimble.codec.Bytes;
import nimble.types.Address;

/// The slot that one work call fills: of calls with the same key a chain holds one.
///
/// @param job its number; 0: no job's
/// @param place stage and replica, or the audit's number
/// @param who fills it, where several may
record SlotKey(long job, Kind kind, long place, int round, int attempt, Optional<Address> who)
    implements Comparable<SlotKey> {
  /// In the order of a block that holds several of one place and round.
  enum Kind {
    DOUBLE_VOTE("double vote"),
    ACCEPT("accept"),
    CLASS_OPEN("class"),
    JOIN("auditor"),
    JOIN_OPEN("auditor's class"),
    COMMIT("commitment"),
    CHECKPOINT("checkpoint"),
    KEPT("custody"),
    AUDIT_COMMIT("audit's commitment"),
    AUDIT_REVEAL("audit's reveal"),
    CHALLENGE("data challenge"),
    ANSWER("data answer"),
    CONCEDE("concession"),
    APPEAL("appeal"),
    SKETCH("sketch"),
    SKETCH_OPEN("sketch's opening"),
    VOTE("verdict"),
    MOVE("move"),
    FINDING("finding"),
    READY("host"),
    ROLL_CALL("roll call"),
    SERVED("receipt");

    private final String word;

    Kind(String word) {
      this.word = word;
    }
  }

  private static final Comparator<SlotKey> ORDER =
      Comparator.comparingLong(SlotKey::job)
          .thenComparingLong(SlotKey::place)
          .thenComparingInt(SlotKey::round)
          .thenComparingInt(SlotKey::attempt)
          .thenComparing(SlotKey::kind)
          .thenComparing(key -> key.who().map(Address::bytes).orElse(Bytes.EMPTY));

  static SlotKey of(WorkCall call) {
    return switch (call) {
      case WorkCall.DoubleVote vote ->
          new SlotKey(0, Kind.DOUBLE_VOTE, 0, 0, 0, Optional.of(vote.culprit()));
      case WorkCall.JobAccept accept -> of(Kind.ACCEPT, accept.slot(), 0, accept.attempt());
      case WorkCall.ClassOpen open -> of(Kind.CLASS_OPEN, open.slot(), 0, 0);
      case WorkCall.RoundCommit commit ->
          of(Kind.COMMIT, commit.slot(), commit.round(), commit.attempt());
      case WorkCall.CheckpointRecord checkpoint ->
          of(Kind.CHECKPOINT, checkpoint.slot(), checkpoint.round(), checkpoint.attempt());
      case WorkCall.CheckpointKept kept ->
          of(Kind.KEPT, kept.slot(), kept.round(), kept.attempt()).by(kept.custodian());
      case AuditCall.AuditorJoin join -> of(Kind.JOIN, join.slot(), 0, 0).by(join.auditor());
      case AuditCall.AuditorOpen open -> of(Kind.JOIN_OPEN, open.slot(), 0, 0).by(open.auditor());
      case AuditCall.AuditCommit commit ->
          of(Kind.AUDIT_COMMIT, commit.audit()).by(commit.auditor());
      case AuditCall.AuditReveal reveal ->
          of(Kind.AUDIT_REVEAL, reveal.audit()).by(reveal.auditor());
      case AuditCall.DataChallenge challenge -> of(Kind.CHALLENGE, challenge.audit());
      case AuditCall.DataAnswer answer -> of(Kind.ANSWER, answer.audit()).by(answer.validator());
      case AuditCall.Concede concede -> of(Kind.CONCEDE, concede.audit());
      case AuditCall.Appeal appeal -> of(Kind.APPEAL, appeal.audit());
      case AuditCall.DisputeMove move ->
          new SlotKey(
              move.job().value(),
              Kind.MOVE,
              move.audit().number(),
              move.number(),
              0,
              Optional.empty());
      case AuditCall.DisputeFinding finding ->
          of(Kind.FINDING, finding.audit()).by(finding.validator());
      case AuditCall.SketchCommit commit ->
          of(Kind.SKETCH, commit.slot(), (int) commit.epoch(), 0).by(commit.auditor());
      case AuditCall.SketchOpen open ->
          of(Kind.SKETCH_OPEN, open.slot(), (int) open.epoch(), 0).by(open.auditor());
      case ServeCall.HostReady ready -> of(Kind.READY, ready.slot(), ready.turn(), ready.attempt());
      case ServeCall.HostMissing missing ->
          of(Kind.ROLL_CALL, missing.slot(), missing.turn(), missing.attempt());
      case ServeCall.ServeReceipt receipt -> of(Kind.SERVED, receipt.slot(), 0, receipt.attempt());
      case AuditCall.VerdictVote vote -> of(Kind.VOTE, vote.audit()).by(vote.validator());
    };
  }

  private static SlotKey of(Kind kind, StageSlot slot, int round, int attempt) {
    long place = (long) slot.stage() << Byte.SIZE | slot.replica();
    return new SlotKey(slot.job().value(), kind, place, round, attempt, Optional.empty());
  }

  private static SlotKey of(Kind kind, AuditId audit) {
    return new SlotKey(audit.job().value(), kind, audit.number(), 0, 0, Optional.empty());
  }

  private SlotKey by(Address account) {
    return new SlotKey(job, kind, place, round, attempt, Optional.of(account));
  }

  @Override
  public int compareTo(SlotKey other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return switch (kind) {
      case DOUBLE_VOTE -> "%s of %s".formatted(kind.word, who.orElseThrow());
      case ACCEPT,
          CLASS_OPEN,
          JOIN,
          JOIN_OPEN,
          COMMIT,
          CHECKPOINT,
          KEPT,
          SKETCH,
          SKETCH_OPEN,
          READY,
          ROLL_CALL,
          SERVED ->
          "%s of %s/%d/%d, round %d"
              .formatted(kind.word, job, place >> Byte.SIZE, place & 0xff, round);
      case AUDIT_COMMIT, AUDIT_REVEAL, CHALLENGE, ANSWER, CONCEDE, APPEAL, VOTE, MOVE, FINDING ->
          "%s of audit %s#%d".formatted(kind.word, job, place);
    };
  }
}

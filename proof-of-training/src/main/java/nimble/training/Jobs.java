package nimble.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import nimble.chain.AuditId;
import nimble.chain.StageSlot;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Reader;
import nimble.ledger.Keys;
import nimble.ledger.Miner;
import nimble.ledger.Miners;
import nimble.ledger.Overlay;
import nimble.ledger.StateView;
import nimble.training.spec.JobSpec;
import nimble.training.spec.Limits;
import nimble.types.Address;
import nimble.types.JobId;
import nimble.types.PublicKey;

/// Jobs in state. The table of keys: a prefix byte, then fixed-width parts, big-endian.
public final class Jobs {
  private static final int COUNTER = Keys.RULES; // → i64, the newest job's number
  private static final int ACTIVE = Keys.RULES + 1; // → list of jobs not at their end, ascending
  private static final int JOB = Keys.RULES + 2; // job → Job
  private static final int SPEC = Keys.RULES + 3; // job → JobSpec
  private static final int ROUND = Keys.RULES + 4; // job, serial → ClosedRound, until it is settled
  private static final int RECORD = Keys.RULES + 5; // job → JobRecord, once it is final
  static final int EVENTS = Keys.RULES + 6; // job → JobEntry list of its newest block with any
  static final int STRIKES = Keys.RULES + 7; // miner → epochs of its newest strikes
  static final int HELD = Keys.RULES + 8; // miner → the job in which it holds a stage
  static final int AUDITORS = Keys.RULES + 9; // job, stage → list of Auditor
  static final int AUDIT = Keys.RULES + 10; // job, number → Audit, until it is closed
  static final int OPEN_AUDITS = Keys.RULES + 11; // job → list of open audits' numbers, ascending
  private static final int OPENING = Keys.RULES + 12; // job → bool, from when classes are shown
  static final int SILENCES = Keys.RULES + 20; // validator → its newest silences in audits
  static final int CONCEDED = Keys.RULES + 21; // miner → steps until it may concede again

  static final int POINT = Keys.RULES + 13; // job, round → ResumePoint
  static final int POINTS = Keys.RULES + 14; // job → list of rounds with a ResumePoint, ascending
  static final int LEAVERS = Keys.RULES + 15; // job → list of Leaver

  static final int DISPUTE = Keys.RULES + 28; // job, audit's number → OpenDispute

  private static final int SKETCHES = Keys.RULES + 22; // job, stage → Sketches

  private Jobs() {}

  public static Optional<Job> load(StateView state, JobId id) {
    return state.read(key(JOB, id), Job::read);
  }

  public static Optional<JobSpec> spec(StateView state, JobId id) {
    return state.read(key(SPEC, id), JobSpec::read);
  }

  /// Jobs that are not at their end, oldest first; at most [Limits#ACTIVE_JOBS_MAX].
  public static List<JobId> active(StateView state) {
    return state
        .read(key(ACTIVE), reader -> reader.list(Limits.ACTIVE_JOBS_MAX, JobId::read))
        .orElse(List.of());
  }

  /// Jobs and deployments that there ever were: their numbers are 1 to this.
  public static long count(StateView state) {
    return state.read(key(COUNTER), reader -> reader.i64()).orElse(0L);
  }

  /// A round that is not settled yet.
  public static Optional<ClosedRound> unsettled(StateView state, JobId id, int serial) {
    return state.read(key(ROUND, id, serial), ClosedRound::read);
  }

  /// Who may audit a stage, in the order in which they joined.
  public static List<Auditor> auditors(StateView state, StageSlot slot) {
    return state
        .read(
            key(AUDITORS, slot.job(), slot.stage()),
            reader -> reader.list(Limits.AUDITORS_MAX, Auditor::read))
        .orElse(List.of());
  }

  /// Whether miners and auditors show the classes that they committed to: nobody else may commit.
  public static boolean isOpening(StateView state, JobId id) {
    return state.read(key(OPENING, id), Reader::bool).orElse(false);
  }

  /// Numbers of a job's open audits, ascending.
  public static List<Long> openAudits(StateView state, JobId id) {
    return state
        .read(
            key(OPEN_AUDITS, id), reader -> reader.list(Limits.AUDITS_OPEN_MAX, from -> from.i64()))
        .orElse(List.of());
  }

  /// An open audit.
  public static Optional<Audit> audit(StateView state, AuditId id) {
    return state.read(key(AUDIT, id.job(), id.number()), Audit::read);
  }

  /// What is played about an open audit.
  public static Optional<OpenDispute> dispute(StateView state, AuditId id) {
    return state.read(key(DISPUTE, id.job(), id.number()), OpenDispute::read);
  }

  /// What auditors keep of a stage's drift.
  public static Sketches sketches(StateView state, StageSlot slot) {
    return state
        .read(key(SKETCHES, slot.job(), slot.stage()), Sketches::read)
        .orElse(Sketches.NONE);
  }

  static void put(Overlay state, StageSlot slot, Sketches sketches) {
    state.write(key(SKETCHES, slot.job(), slot.stage()), sketches::write);
  }

  static void removeSketches(Overlay state, StageSlot slot) {
    state.remove(key(SKETCHES, slot.job(), slot.stage()));
  }

  /// The job in which `miner` holds a stage.
  public static Optional<JobId> heldBy(StateView state, Address miner) {
    return state.read(key(HELD, miner), JobId::read);
  }

  /// The registration of the miner that holds a stage: hot key, name, endpoint.
  public static Miner holder(StateView state, Job job, int stage) {
    return Miners.get(state, job.stages().get(stage).miner()).orElseThrow();
  }

  /// Hot keys of the stages' holders, in order.
  public static List<PublicKey> holders(StateView state, Job job) {
    return IntStream.range(0, job.stages().size())
        .mapToObj(stage -> holder(state, job, stage).hotKey())
        .toList();
  }

  /// What is remembered of a job; while it is not final, how things stand.
  public static Optional<JobRecord> record(StateView state, JobId id) {
    Optional<JobRecord> last = state.read(key(RECORD, id), JobRecord::read);
    return last.isPresent() ? last : load(state, id).map(job -> JobRecord.of(state, job));
  }

  /// The key of a job in state, for proofs.
  public static Bytes jobKey(JobId id) {
    return key(JOB, id);
  }

  /// The key of a final job's record in state, for proofs.
  public static Bytes recordKey(JobId id) {
    return key(RECORD, id);
  }

  /// A number that nothing has yet.
  static JobId next(Overlay state) {
    JobId id = new JobId(Math.addExact(count(state), 1));
    state.write(key(COUNTER), id::write);
    return id;
  }

  static JobId add(Overlay state, JobSpec spec) {
    JobId id = next(state);
    state.write(key(SPEC, id), spec::write);
    List<JobId> all = new ArrayList<>(active(state));
    all.add(id);
    putActive(state, all);
    return id;
  }

  static void put(Overlay state, Job job) {
    state.write(key(JOB, job.id()), job::write);
  }

  static void put(Overlay state, JobId id, JobRecord record) {
    state.write(key(RECORD, id), record::write);
  }

  static void put(Overlay state, JobId id, ClosedRound round) {
    state.write(key(ROUND, id, round.serial()), round::write);
  }

  static void removeRound(Overlay state, JobId id, int serial) {
    state.remove(key(ROUND, id, serial));
  }

  static void putAuditors(Overlay state, StageSlot slot, List<Auditor> auditors) {
    state.write(
        key(AUDITORS, slot.job(), slot.stage()),
        writer -> writer.list(auditors, Limits.AUDITORS_MAX, Auditor::write));
  }

  static void removeAuditors(Overlay state, StageSlot slot) {
    state.remove(key(AUDITORS, slot.job(), slot.stage()));
  }

  static void putOpening(Overlay state, JobId id) {
    state.write(key(OPENING, id), writer -> writer.bool(true));
  }

  static void removeOpening(Overlay state, JobId id) {
    state.remove(key(OPENING, id));
  }

  static void put(Overlay state, Audit audit) {
    state.write(key(AUDIT, audit.id().job(), audit.id().number()), audit::write);
    List<Long> open = new ArrayList<>(openAudits(state, audit.id().job()));
    if (!open.contains(audit.id().number())) {
      open.add(audit.id().number());
      putOpenAudits(state, audit.id().job(), open);
    }
  }

  static void put(Overlay state, AuditId id, OpenDispute dispute) {
    state.write(key(DISPUTE, id.job(), id.number()), dispute::write);
  }

  static void remove(Overlay state, AuditId id) {
    state.remove(key(DISPUTE, id.job(), id.number()));
    state.remove(key(AUDIT, id.job(), id.number()));
    putOpenAudits(
        state,
        id.job(),
        openAudits(state, id.job()).stream().filter(open -> open != id.number()).toList());
  }

  private static void putOpenAudits(Overlay state, JobId id, List<Long> open) {
    if (open.isEmpty()) {
      state.remove(key(OPEN_AUDITS, id));
      return;
    }
    state.write(
        key(OPEN_AUDITS, id),
        writer -> writer.list(open, Limits.AUDITS_OPEN_MAX, (number, to) -> to.i64(number)));
  }

  static void hold(Overlay state, JobId id, Address miner) {
    Invariant.check(heldBy(state, miner).isEmpty(), "miner %s holds a stage", miner);
    state.write(key(HELD, miner), id::write);
  }

  static void release(Overlay state, Address miner) {
    state.remove(key(HELD, miner));
  }

  static void removeActive(Overlay state, JobId id) {
    putActive(state, active(state).stream().filter(other -> !other.equals(id)).toList());
  }

  static Bytes key(int prefix, Address miner) {
    return Bytes.concat(key(prefix), miner.bytes());
  }

  static Bytes key(int prefix, JobId id) {
    return Bytes.concat(key(prefix), Bytes.ofU64(id.value()));
  }

  static Bytes key(int prefix) {
    return Bytes.wrap(new byte[] {(byte) prefix});
  }

  private static Bytes key(int prefix, JobId id, long number) {
    return Bytes.concat(key(prefix, id), Bytes.ofU64(number));
  }

  private static void putActive(Overlay state, List<JobId> jobs) {
    state.write(
        key(ACTIVE), writer -> writer.list(jobs, Limits.ACTIVE_JOBS_MAX, (id, to) -> id.write(to)));
  }
}

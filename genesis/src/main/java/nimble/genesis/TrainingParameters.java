package nimble.genesis;

import java.util.function.Consumer;
import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Span;

/// The training protocol.
///
/// @param accept a matched miner takes its stage within this
/// @param window a round can be audited for this long after its commitments
/// @param auditCommit auditors commit within this
/// @param auditReveal auditors reveal within this
/// @param dataChallenge a challenged miner brings its data within this
/// @param idle a job without progress expires after this
/// @param roundDue least time for a round, whatever its metered length
/// @param beaconDelay blocks between a commitment and the beacon that draws its audits
/// @param roundMillis metered length of a round on the slowest declared speed
/// @param roundSteps steps of a round, when not 0: overrides roundMillis
/// @param checkpointRounds rounds between checkpoints
/// @param auditRateMinPermille lowest audit rate
/// @param auditRateMaxPermille highest audit rate that the chain sets by itself
/// @param bondSteps bond and unvested pay that a stage needs, in pay of one step
/// @param auditorsPerStage auditors in the miner's class without which no stage runs, at least two;
///   0: nothing is audited
/// @param classes numeric classes
public record TrainingParameters(
    Span accept,
    Span window,
    Span auditCommit,
    Span auditReveal,
    Span dataChallenge,
    Span idle,
    Span roundDue,
    long beaconDelay,
    long roundMillis,
    long roundSteps,
    long checkpointRounds,
    long auditRateMinPermille,
    long auditRateMaxPermille,
    long bondSteps,
    long auditorsPerStage,
    ClassParameters classes) {
  public TrainingParameters {
    Invariant.check(
        beaconDelay >= 0
            && roundMillis >= 0
            && roundSteps >= 0
            && checkpointRounds >= 0
            && auditRateMinPermille >= 0
            && auditRateMaxPermille >= 0
            && bondSteps >= 0,
        "a negative parameter");
    Invariant.check(
        auditorsPerStage == 0 || auditorsPerStage >= 2, "%d auditors per stage", auditorsPerStage);
  }

  /// The same but for what `change` assigns: `p.with(it -> it.window = new Span(3_000, 4))`.
  public TrainingParameters with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.finished();
  }

  /// The same with another number of auditors.
  public TrainingParameters withAuditors(long perStage) {
    return with(it -> it.auditorsPerStage = perStage);
  }

  /// The same with other bounds of the audit rate; equal ones: every stage is audited at that rate,
  /// whatever its bond.
  public TrainingParameters withAuditRates(long leastPermille, long mostPermille) {
    return with(it -> {
      it.auditRateMinPermille = leastPermille;
      it.auditRateMaxPermille = mostPermille;
    });
  }

  /// The same where so many validators serve a class.
  public TrainingParameters withServedClasses(long validators) {
    return with(
        new ClassParameters(validators, classes.stakePermille(), classes.fp32(), classes.bf16()));
  }

  /// The same with other rules of numeric classes.
  public TrainingParameters with(ClassParameters other) {
    return with(it -> it.classes = other);
  }

  void write(Writer writer) {
    accept.write(writer);
    window.write(writer);
    auditCommit.write(writer);
    auditReveal.write(writer);
    dataChallenge.write(writer);
    idle.write(writer);
    roundDue.write(writer);
    writer.i64(beaconDelay);
    writer.i64(roundMillis);
    writer.i64(roundSteps);
    writer.i64(checkpointRounds);
    writer.i64(auditRateMinPermille);
    writer.i64(auditRateMaxPermille);
    writer.i64(bondSteps);
    writer.i64(auditorsPerStage);
    classes.write(writer);
  }

  static TrainingParameters read(Reader reader) throws Malformed {
    return new TrainingParameters(
        Span.read(reader),
        Span.read(reader),
        Span.read(reader),
        Span.read(reader),
        Span.read(reader),
        Span.read(reader),
        Span.read(reader),
        reader.i64(),
        reader.i64(),
        reader.i64(),
        reader.i64(),
        reader.i64(),
        reader.i64(),
        reader.i64(),
        auditors(reader),
        ClassParameters.read(reader));
  }

  private static long auditors(Reader reader) throws Malformed {
    long count = reader.i64();
    if (count == 1) {
      throw new Malformed("one auditor per stage, must be none or two and more");
    }
    return count;
  }

  /// Parameters that may still be changed; the fields are the record's components.
  public static final class Draft {
    public Span accept;
    public Span window;
    public Span auditCommit;
    public Span auditReveal;
    public Span dataChallenge;
    public Span idle;
    public Span roundDue;
    public long beaconDelay;
    public long roundMillis;
    public long roundSteps;
    public long checkpointRounds;
    public long auditRateMinPermille;
    public long auditRateMaxPermille;
    public long bondSteps;
    public long auditorsPerStage;
    public ClassParameters classes;

    private Draft(TrainingParameters from) {
      accept = from.accept;
      window = from.window;
      auditCommit = from.auditCommit;
      auditReveal = from.auditReveal;
      dataChallenge = from.dataChallenge;
      idle = from.idle;
      roundDue = from.roundDue;
      beaconDelay = from.beaconDelay;
      roundMillis = from.roundMillis;
      roundSteps = from.roundSteps;
      checkpointRounds = from.checkpointRounds;
      auditRateMinPermille = from.auditRateMinPermille;
      auditRateMaxPermille = from.auditRateMaxPermille;
      bondSteps = from.bondSteps;
      auditorsPerStage = from.auditorsPerStage;
      classes = from.classes;
    }

    private TrainingParameters finished() {
      return new TrainingParameters(
          accept,
          window,
          auditCommit,
          auditReveal,
          dataChallenge,
          idle,
          roundDue,
          beaconDelay,
          roundMillis,
          roundSteps,
          checkpointRounds,
          auditRateMinPermille,
          auditRateMaxPermille,
          bondSteps,
          auditorsPerStage,
          classes);
    }
  }
}

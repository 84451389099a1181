package nimble.training;

import java.util.List;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Address;
import nimble.types.Hash;

/// Something that happened to a job because its work is checked. Tags from 20.
public sealed interface AuditEvent extends JobEvent {
  /// A validator opened the class it measured, and may be drawn for this stage from now on.
  record AuditorJoined(int stage, Address auditor, Hash numericClass) implements AuditEvent {
    @Override
    public void write(Writer writer) {
      auditor.write(writer.u8(20).u8(stage));
      numericClass.write(writer);
    }
  }

  /// @param step of the round: training steps first, then validation batches
  /// @param auditors that sit first; substitutes follow in the drawn order
  record AuditDrawn(long audit, int stage, int round, int step, List<Address> auditors)
      implements AuditEvent {
    public AuditDrawn {
      auditors = List.copyOf(auditors);
    }

    @Override
    public void write(Writer writer) {
      writer.u8(21).i64(audit).u8(stage).u32(round).u32(step);
      writer.list(auditors, Audit.SEATS_MAX, Address::write);
    }
  }

  /// @param operations that auditors spent, by metering
  record AuditClosed(long audit, int stage, int round, AuditOutcome outcome, long operations)
      implements AuditEvent {
    @Override
    public void write(Writer writer) {
      writer.u8(22).i64(audit).u8(stage).u32(round).u8(outcome.tag()).i64(operations);
    }
  }

  /// Out of the audit pot; begins to vest.
  record AuditPaid(long audit, Address auditor, long amount) implements AuditEvent {
    @Override
    public void write(Writer writer) {
      auditor.write(writer.u8(23).i64(audit));
      writer.i64(amount);
    }
  }

  /// An auditor could not get its data from the miner.
  record Challenged(long audit, Address auditor) implements AuditEvent {
    @Override
    public void write(Writer writer) {
      auditor.write(writer.u8(24).i64(audit));
    }
  }

  /// Validators with more than two thirds of all stake hold the data of a challenged audit.
  record Answered(long audit) implements AuditEvent {
    @Override
    public void write(Writer writer) {
      writer.u8(25).i64(audit);
    }
  }

  /// The two auditors' answers did not settle it: the miner may concede, then all able validators
  /// vote.
  record Contested(long audit) implements AuditEvent {
    @Override
    public void write(Writer writer) {
      writer.u8(26).i64(audit);
    }
  }

  /// False work: bond and unvested pay of the stage are gone.
  ///
  /// @param amount all that was taken: `toJob` + `toFinders` + what was burned
  record Slashed(int stage, Address miner, String reason, long amount, long toJob, long toFinders)
      implements AuditEvent {
    @Override
    public void write(Writer writer) {
      miner.write(writer.u8(27).u8(stage));
      writer.string(reason, REASON_MAX).i64(amount).i64(toJob).i64(toFinders);
    }
  }

  /// The whole job is at the start of `round` again.
  record WentBack(int round, String reason) implements AuditEvent {
    @Override
    public void write(Writer writer) {
      writer.u8(28).u32(round).string(reason, REASON_MAX);
    }
  }

  /// A custodian holds the stage's checkpoint after `round`.
  record CheckpointHeld(int stage, int round, Address custodian) implements AuditEvent {
    @Override
    public void write(Writer writer) {
      custodian.write(writer.u8(29).u8(stage).u32(round));
    }
  }

  /// Every stage's checkpoint after `round` is held: the job would resume there.
  record ResumePointReached(int round) implements AuditEvent {
    @Override
    public void write(Writer writer) {
      writer.u8(30).u32(round);
    }
  }

  /// Out of an auditor's stake; burned.
  ///
  /// @param reason with the rule: it was silent (J17), made its answer up (J18), lost a dispute
  ///   (J30)
  record Forfeited(long audit, Address auditor, String reason, long amount) implements AuditEvent {
    @Override
    public void write(Writer writer) {
      auditor.write(writer.u8(31).i64(audit));
      writer.string(reason, REASON_MAX).i64(amount);
    }
  }

  /// The miner wants a dispute rather than be found guilty by votes.
  record Appealed(long audit) implements AuditEvent {
    @Override
    public void write(Writer writer) {
      writer.u8(32).i64(audit);
    }
  }

  /// `miner` and `accuser` play it down to one number.
  ///
  /// @param appealed the votes found it guilty, and it had appealed; otherwise too few could vote
  record Disputed(long audit, Address miner, Address accuser, boolean appealed)
      implements AuditEvent {
    @Override
    public void write(Writer writer) {
      miner.write(writer.u8(33).i64(audit));
      accuser.write(writer);
      writer.bool(appealed);
    }
  }

  /// A miner whose bits deviated twice: it does not compute in the class that it showed.
  record ClassVoided(int stage, Address miner) implements AuditEvent {
    @Override
    public void write(Writer writer) {
      miner.write(writer.u8(34).u8(stage));
    }
  }

  /// Who moved, and how many bytes it took; `number` moves were made before.
  record DisputeMoved(long audit, Address player, int number, int bytes) implements AuditEvent {
    @Override
    public void write(Writer writer) {
      player.write(writer.u8(48).i64(audit));
      writer.u8(number).u32(bytes);
    }
  }

  record DisputeEnded(long audit, DisputeResult result) implements AuditEvent {
    @Override
    public void write(Writer writer) {
      writer.u8(49).i64(audit).u8(result.tag());
    }
  }

  /// An auditor says that the miner's deviations add up.
  record DriftReported(int stage, Address auditor, Address miner, long milliZ)
      implements AuditEvent {
    @Override
    public void write(Writer writer) {
      auditor.write(writer.u8(40).u8(stage));
      miner.write(writer);
      writer.i64(milliZ);
    }
  }

  /// Two auditors say so: until epoch `until` the miner is audited at one half.
  record Suspected(int stage, Address miner, long until) implements AuditEvent {
    @Override
    public void write(Writer writer) {
      miner.write(writer.u8(41).u8(stage));
      writer.i64(until);
    }
  }

  /// Nothing was found: who reported pays a half of what it cost.
  record DriftPaid(int stage, Address auditor, long amount) implements AuditEvent {
    @Override
    public void write(Writer writer) {
      auditor.write(writer.u8(42).u8(stage));
      writer.i64(amount);
    }
  }

  static AuditEvent read(int tag, Reader reader) throws Malformed {
    return switch (tag) {
      case 20 -> new AuditorJoined(reader.u8(), Address.read(reader), Hash.read(reader));
      case 21 ->
          new AuditDrawn(
              reader.i64(),
              reader.u8(),
              number(reader),
              number(reader),
              reader.list(Audit.SEATS_MAX, Address::read));
      case 22 ->
          new AuditClosed(
              reader.i64(),
              reader.u8(),
              number(reader),
              AuditOutcome.of(reader.u8()),
              reader.i64());
      case 23 -> new AuditPaid(reader.i64(), Address.read(reader), reader.i64());
      case 24 -> new Challenged(reader.i64(), Address.read(reader));
      case 25 -> new Answered(reader.i64());
      case 26 -> new Contested(reader.i64());
      case 27 ->
          new Slashed(
              reader.u8(),
              Address.read(reader),
              reader.string(REASON_MAX),
              reader.i64(),
              reader.i64(),
              reader.i64());
      case 28 -> new WentBack(number(reader), reader.string(REASON_MAX));
      case 29 -> new CheckpointHeld(reader.u8(), number(reader), Address.read(reader));
      case 30 -> new ResumePointReached(number(reader));
      case 31 ->
          new Forfeited(
              reader.i64(), Address.read(reader), reader.string(REASON_MAX), reader.i64());
      case 32 -> new Appealed(reader.i64());
      case 33 ->
          new Disputed(reader.i64(), Address.read(reader), Address.read(reader), reader.bool());
      case 34 -> new ClassVoided(reader.u8(), Address.read(reader));
      case 48 -> new DisputeMoved(reader.i64(), Address.read(reader), reader.u8(), number(reader));
      case 49 -> new DisputeEnded(reader.i64(), DisputeResult.of(reader.u8()));
      case 40 ->
          new DriftReported(reader.u8(), Address.read(reader), Address.read(reader), reader.i64());
      case 41 -> new Suspected(reader.u8(), Address.read(reader), reader.i64());
      case 42 -> new DriftPaid(reader.u8(), Address.read(reader), reader.i64());
      default -> throw new Malformed("unknown job event %d".formatted(tag));
    };
  }

  private static int number(Reader reader) throws Malformed {
    return reader.length(Integer.MAX_VALUE);
  }
}

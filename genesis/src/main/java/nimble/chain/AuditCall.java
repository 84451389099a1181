package nimble.chain;

import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.crypto.Hashing;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.JobId;

/// Work calls around audits (proof of training, sections 1, 5 and 6). All but [Concede] and
/// [Appeal] are signed by the hot key of the validator that they name.
public sealed interface AuditCall extends WorkCall.OfJob {
  /// What auditors, and validators in their place, say of an open audit, of training or of serving.
  sealed interface Hearing extends AuditCall {
    AuditId audit();

    @Override
    default JobId job() {
      return audit().job();
    }
  }

  /// Of jobs only: served rows are neither conceded nor disputed, and nobody sketches them.
  sealed interface OfTraining extends AuditCall {}

  /// A validator can audit a stage. The class it measured for the stage's program stays hidden
  /// behind `H("class", digest ‖ address)` until [AuditorOpen].
  record AuditorJoin(StageSlot slot, Address auditor, Hash classCommitment) implements AuditCall {
    @Override
    public JobId job() {
      return slot.job();
    }

    @Override
    public void write(Writer writer) {
      slot.pack(writer.u8(0x84));
      auditor.write(writer);
      classCommitment.write(writer);
    }
  }

  /// Opens the commitment of [AuditorJoin].
  record AuditorOpen(StageSlot slot, Address auditor, Hash numericClass) implements AuditCall {
    @Override
    public JobId job() {
      return slot.job();
    }

    @Override
    public void write(Writer writer) {
      slot.pack(writer.u8(0x85));
      auditor.write(writer);
      numericClass.write(writer);
    }
  }

  /// What an auditor commits to before anybody reveals: [AuditReveal#commitment].
  record AuditCommit(AuditId audit, Address auditor, Hash commitment) implements Hearing {
    @Override
    public void write(Writer writer) {
      audit.pack(writer.u8(0x86));
      auditor.write(writer);
      commitment.write(writer);
    }
  }

  /// Opens an [AuditCommit].
  ///
  /// @param answer SHA-256 of the audited step's gradient before the codec, which only who computed
  ///   it can know
  /// @param projection of that gradient, where the audit is heard across numeric classes; else
  ///   empty
  record AuditReveal(
      AuditId audit, Address auditor, Verdict verdict, Hash answer, Hash salt, Bytes projection)
      implements Hearing {
    /// Bytes of a projection: 64 numbers, fp32.
    public static final int PROJECTION_SIZE = 256;

    public AuditReveal {
      Invariant.check(
          projection.size() == 0 || projection.size() == PROJECTION_SIZE,
          "a projection of %d bytes",
          projection.size());
    }

    /// Within one class.
    public AuditReveal(AuditId audit, Address auditor, Verdict verdict, Hash answer, Hash salt) {
      this(audit, auditor, verdict, answer, salt, Bytes.EMPTY);
    }

    private static AuditReveal readFields(Reader reader) throws Malformed {
      return new AuditReveal(
          AuditId.unpack(reader),
          Address.read(reader),
          Verdict.of(reader.u8()),
          Hash.read(reader),
          Hash.read(reader),
          reader.bool() ? reader.fixed(PROJECTION_SIZE) : Bytes.EMPTY);
    }

    /// The salt is known to who committed to it, and there is one for each audit.
    @Override
    public boolean provesItself() {
      return true;
    }

    /// `H("audit", answer ‖ verdict ‖ salt ‖ auditor ‖ projection)`.
    public Hash commitment() {
      return Hashing.of(
          "audit",
          answer.bytes(),
          Bytes.wrap(new byte[] {(byte) verdict.tag()}),
          salt.bytes(),
          auditor.bytes(),
          projection);
    }

    @Override
    public void write(Writer writer) {
      audit.pack(writer.u8(0x87));
      auditor.write(writer);
      writer.u8(verdict.tag());
      answer.write(writer);
      salt.write(writer);
      writer.bool(projection.size() > 0).raw(projection);
    }
  }

  /// The miner does not hand out what the audit needs.
  record DataChallenge(AuditId audit, Address auditor) implements Hearing {
    @Override
    public void write(Writer writer) {
      audit.pack(writer.u8(0x88));
      auditor.write(writer);
    }
  }

  /// "I hold my shards of this audit's bundle", by any validator, while it is challenged.
  ///
  /// @param bundle which one: [nimble.blob.Shards#root]
  record DataAnswer(AuditId audit, Address validator, Hash bundle) implements Hearing {
    @Override
    public void write(Writer writer) {
      audit.pack(writer.u8(0x89));
      validator.write(writer);
      bundle.write(writer);
    }
  }

  /// The miner admits that it was wrong, before anybody votes; signed by its hot key.
  record Concede(AuditId audit) implements OfTraining {
    @Override
    public JobId job() {
      return audit.job();
    }

    @Override
    public void write(Writer writer) {
      audit.pack(writer.u8(0x8a));
    }
  }

  /// The miner stands by its work: should the vote find it guilty, a dispute decides instead;
  /// signed by its hot key.
  record Appeal(AuditId audit) implements OfTraining {
    @Override
    public JobId job() {
      return audit.job();
    }

    @Override
    public void write(Writer writer) {
      audit.pack(writer.u8(0x8d));
    }
  }

  /// What a validator found by itself, when two auditors' answers did not settle it.
  ///
  /// @param answer as in [AuditReveal]: shows whose was made up
  record VerdictVote(AuditId audit, Address validator, Verdict verdict, Hash answer)
      implements Hearing {
    @Override
    public void write(Writer writer) {
      audit.pack(writer.u8(0x8b));
      validator.write(writer);
      answer.write(writer.u8(verdict.tag()));
    }
  }

  /// A move in a dispute, signed by the hot key of the side that makes it.
  ///
  /// @param player the miner's account or the accuser's
  /// @param number of moves before it: a move is made once
  /// @param move encoded by the rules of the game
  record DisputeMove(AuditId audit, Address player, int number, Bytes move) implements OfTraining {
    public static final int MOVE_MAX = 64 * 1024;

    public DisputeMove {
      Invariant.check(move.size() <= MOVE_MAX, "a move of %d bytes", move.size());
    }

    @Override
    public JobId job() {
      return audit.job();
    }

    @Override
    public void write(Writer writer) {
      audit.pack(writer.u8(0x98));
      player.write(writer);
      writer.u8(number).bytes(move, MOVE_MAX);
    }
  }

  /// What a validator finds to be the exact parts of a disputed step, when the two sides do not
  /// agree about them.
  record DisputeFinding(AuditId audit, Address validator, Hash subject) implements OfTraining {
    @Override
    public JobId job() {
      return audit.job();
    }

    @Override
    public void write(Writer writer) {
      audit.pack(writer.u8(0x99));
      validator.write(writer);
      subject.write(writer);
    }
  }

  /// An auditor of another class than the miner's begins a sketch of the miner's drift, under a key
  /// that it shows when the epoch is over ([SketchOpen]).
  ///
  /// @param commitment see [SketchOpen#commitment]
  record SketchCommit(StageSlot slot, Address auditor, long epoch, Hash commitment)
      implements OfTraining {
    public SketchCommit {
      Invariant.check(epoch >= 0, "epoch %d", epoch);
    }

    @Override
    public JobId job() {
      return slot.job();
    }

    @Override
    public void write(Writer writer) {
      slot.pack(writer.u8(0x8e));
      auditor.write(writer);
      commitment.write(writer.i64(epoch));
    }
  }

  /// Shows the key of a sketch, and what it came to.
  ///
  /// @param miner whose work it is about
  /// @param milliZ thousandths of a standard deviation above what honest rounding adds up to
  record SketchOpen(
      StageSlot slot, Address auditor, long epoch, Hash key, Address miner, long milliZ)
      implements OfTraining {
    public SketchOpen {
      Invariant.check(epoch >= 0 && milliZ >= 0, "epoch %d, z %d", epoch, milliZ);
    }

    /// `H("sketch", key ‖ auditor)`.
    public static Hash commitment(Hash key, Address auditor) {
      return Hashing.of("sketch", key.bytes(), auditor.bytes());
    }

    public Hash commitment() {
      return commitment(key, auditor);
    }

    @Override
    public JobId job() {
      return slot.job();
    }

    @Override
    public void write(Writer writer) {
      slot.pack(writer.u8(0x8f));
      auditor.write(writer);
      key.write(writer.i64(epoch));
      miner.write(writer);
      writer.i64(milliZ);
    }
  }

  static AuditCall read(int tag, Reader reader) throws Malformed {
    return switch (tag) {
      case 0x84 ->
          new AuditorJoin(StageSlot.unpack(reader), Address.read(reader), Hash.read(reader));
      case 0x85 ->
          new AuditorOpen(StageSlot.unpack(reader), Address.read(reader), Hash.read(reader));
      case 0x86 -> new AuditCommit(AuditId.unpack(reader), Address.read(reader), Hash.read(reader));
      case 0x87 -> AuditReveal.readFields(reader);
      case 0x88 -> new DataChallenge(AuditId.unpack(reader), Address.read(reader));
      case 0x89 -> new DataAnswer(AuditId.unpack(reader), Address.read(reader), Hash.read(reader));
      case 0x8a -> new Concede(AuditId.unpack(reader));
      case 0x8b ->
          new VerdictVote(
              AuditId.unpack(reader),
              Address.read(reader),
              Verdict.of(reader.u8()),
              Hash.read(reader));
      case 0x8e ->
          new SketchCommit(
              StageSlot.unpack(reader), Address.read(reader), reader.i64(), Hash.read(reader));
      case 0x8f ->
          new SketchOpen(
              StageSlot.unpack(reader),
              Address.read(reader),
              reader.i64(),
              Hash.read(reader),
              Address.read(reader),
              reader.i64());
      case 0x8d -> new Appeal(AuditId.unpack(reader));
      case 0x98 ->
          new DisputeMove(
              AuditId.unpack(reader),
              Address.read(reader),
              reader.u8(),
              reader.bytes(DisputeMove.MOVE_MAX));
      case 0x99 ->
          new DisputeFinding(AuditId.unpack(reader), Address.read(reader), Hash.read(reader));
      default -> throw new Malformed("unknown work call 0x%02x".formatted(tag));
    };
  }
}

package nimble.chain;

import java.util.OptionalInt;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.JobId;

/// What a hot key tells the chain: each fills one slot that the chain waits for. Calls about a
/// stage are signed by the miner that holds it, unless they name somebody else. Tags from 0x80.
public sealed interface WorkCall permits WorkCall.OfJob, WorkCall.DoubleVote {
  /// Writes the tag and the fields.
  void write(Writer writer);

  /// Calls about a job.
  sealed interface OfJob extends WorkCall permits OfStage, AuditCall, ServeCall {
    /// Whose escrow pays for the slot.
    JobId job();
  }

  /// Calls about a stage.
  sealed interface OfStage extends OfJob {
    /// The place in the job that this call speaks for.
    StageSlot slot();

    @Override
    default JobId job() {
      return slot().job();
    }
  }

  /// The matched miner takes the stage. The class it measured stays hidden behind `H("class",
  /// digest ‖ address)` until [ClassOpen], so that nobody copies it.
  ///
  /// @param attempt rounds of the job that have counted for nobody so far: whoever holds a stage
  ///   may have to accept again, and nobody can repeat the old word in the miner's name
  record JobAccept(StageSlot slot, int attempt, Hash classCommitment) implements OfStage {
    public JobAccept {
      Invariant.check(attempt >= 0 && attempt <= 0xffff, "attempt %d", attempt);
    }

    @Override
    public void write(Writer writer) {
      slot.write(writer.u8(0x80));
      writer.u16(attempt);
      classCommitment.write(writer);
    }
  }

  /// Opens the commitment of [JobAccept], once every stage has accepted.
  record ClassOpen(StageSlot slot, Hash numericClass) implements OfStage {
    @Override
    public void write(Writer writer) {
      slot.write(writer.u8(0x81));
      numericClass.write(writer);
    }
  }

  /// What a miner commits per stage and round (proof of training, section 3). The last stage adds
  /// the mean training loss of the round and, when the round ends with a validation pass, its loss:
  /// raw bits of an fp32 number.
  ///
  /// @param attempt rounds of the job that have counted for nobody so far: a commitment to a round
  ///   that begins anew is another one, so nobody can repeat the old one in the miner's name
  record RoundCommit(
      StageSlot slot,
      int round,
      int attempt,
      Hash stateRootAfter,
      Hash stepsRoot,
      Hash leftRoot,
      Hash rightRoot,
      OptionalInt lossBits,
      OptionalInt validationLossBits)
      implements OfStage {
    public RoundCommit {
      Invariant.check(round >= 0, "round %d", round);
      Invariant.check(attempt >= 0 && attempt <= 0xffff, "attempt %d", attempt);
    }

    @Override
    public void write(Writer writer) {
      slot.write(writer.u8(0x82));
      writer.u32(round).u16(attempt);
      stateRootAfter.write(writer);
      stepsRoot.write(writer);
      leftRoot.write(writer);
      rightRoot.write(writer);
      writeBits(writer, lossBits);
      writeBits(writer, validationLossBits);
    }

    private static RoundCommit readFields(Reader reader) throws Malformed {
      return new RoundCommit(
          StageSlot.read(reader),
          index(reader),
          reader.u16(),
          Hash.read(reader),
          Hash.read(reader),
          Hash.read(reader),
          Hash.read(reader),
          readBits(reader),
          readBits(reader));
    }
  }

  /// The manifest under which a stage's state after `round` can be fetched as chunks.
  ///
  /// @param attempt of the commitment to `round` that it is the result of: a round that is done
  ///   again is recorded again, and nobody can repeat the old record
  record CheckpointRecord(StageSlot slot, int round, int attempt, Hash manifest)
      implements OfStage {
    public CheckpointRecord {
      Invariant.check(round >= 0, "round %d", round);
      Invariant.check(attempt >= 0 && attempt <= 0xffff, "attempt %d", attempt);
    }

    @Override
    public void write(Writer writer) {
      slot.write(writer.u8(0x83));
      writer.u32(round).u16(attempt);
      manifest.write(writer);
    }
  }

  /// A custodian holds the checkpoint that the stage's miner recorded, and found it to be the state
  /// that was committed to; signed by the custodian's hot key.
  record CheckpointKept(StageSlot slot, int round, int attempt, Address custodian)
      implements OfStage {
    public CheckpointKept {
      Invariant.check(round >= 0, "round %d", round);
      Invariant.check(attempt >= 0 && attempt <= 0xffff, "attempt %d", attempt);
    }

    @Override
    public void write(Writer writer) {
      slot.write(writer.u8(0x8c));
      writer.u32(round).u16(attempt);
      custodian.write(writer);
    }
  }

  /// Two signed votes of one validator that contradict each other, as [StakeCall.Evidence] by an
  /// account; signed by the hot key of the validator that reports them. The slot is the punishment
  /// of `culprit`, and nobody pays for it.
  record DoubleVote(Address reporter, Address culprit, Bytes first, Bytes second)
      implements WorkCall {
    /// Canonical bytes of a signed vote are fewer.
    public static final int VOTE_MAX = 160;

    @Override
    public void write(Writer writer) {
      reporter.write(writer.u8(0x90));
      culprit.write(writer);
      writer.bytes(first, VOTE_MAX).bytes(second, VOTE_MAX);
    }

    private static DoubleVote readFields(Reader reader) throws Malformed {
      return new DoubleVote(
          Address.read(reader),
          Address.read(reader),
          reader.bytes(VOTE_MAX),
          reader.bytes(VOTE_MAX));
    }
  }

  static WorkCall read(Reader reader) throws Malformed {
    int tag = reader.u8();
    return switch (tag) {
      case 0x80 -> new JobAccept(StageSlot.read(reader), reader.u16(), Hash.read(reader));
      case 0x81 -> new ClassOpen(StageSlot.read(reader), Hash.read(reader));
      case 0x82 -> RoundCommit.readFields(reader);
      case 0x83 ->
          new CheckpointRecord(
              StageSlot.read(reader), index(reader), reader.u16(), Hash.read(reader));
      case 0x8c ->
          new CheckpointKept(
              StageSlot.read(reader), index(reader), reader.u16(), Address.read(reader));
      case 0x90 -> DoubleVote.readFields(reader);
      case 0x91, 0x92, 0x93 -> ServeCall.read(tag, reader);
      default -> AuditCall.read(tag, reader);
    };
  }

  private static int index(Reader reader) throws Malformed {
    long value = reader.u32();
    if (value > Integer.MAX_VALUE) {
      throw new Malformed("round %d".formatted(value));
    }
    return (int) value;
  }

  private static void writeBits(Writer writer, OptionalInt bits) {
    writer.bool(bits.isPresent());
    bits.ifPresent(value -> writer.u32(value & 0xffff_ffffL));
  }

  private static OptionalInt readBits(Reader reader) throws Malformed {
    return reader.bool() ? OptionalInt.of((int) reader.u32()) : OptionalInt.empty();
  }
}

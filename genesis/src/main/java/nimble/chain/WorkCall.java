package nimble.chain;

import java.util.OptionalInt;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.crypto.Merkle;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.JobId;

/// What a hot key tells the chain: each fills one slot that the chain waits for. Calls about a
/// stage are signed by the miner that holds it, unless they name somebody else. Tags from 0x80.
public sealed interface WorkCall permits WorkCall.OfJob, WorkCall.DoubleVote {
  /// Writes the tag and the fields.
  void write(Writer writer);

  /// Whether it needs no signature: it opens what its maker has signed, every field of it, and
  /// nobody else could.
  default boolean provesItself() {
    return false;
  }

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
      slot.pack(writer.u8(0x80));
      writer.varint(attempt);
      classCommitment.write(writer);
    }
  }

  /// Opens the commitment of [JobAccept], once every stage has accepted.
  record ClassOpen(StageSlot slot, Hash numericClass) implements OfStage {
    @Override
    public void write(Writer writer) {
      slot.pack(writer.u8(0x81));
      numericClass.write(writer);
    }
  }

  /// What a miner commits per stage and round (proof of training, section 3). The last stage adds
  /// the mean training loss of the round and, when the round ends with a validation pass, its loss:
  /// raw bits of an fp32 number.
  ///
  /// @param leftRoot [#NO_EDGE] on the first stage, which has nobody to agree with there
  /// @param rightRoot [#NO_EDGE] on the last stage
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
    /// The root over no leaves; takes no bytes.
    public static final Hash NO_EDGE = Merkle.empty();

    private static final int LEFT = 1;
    private static final int RIGHT = 2;
    private static final int LOSS = 4;
    private static final int VALIDATION_LOSS = 8;

    public RoundCommit {
      Invariant.check(round >= 0, "round %d", round);
      Invariant.check(attempt >= 0 && attempt <= 0xffff, "attempt %d", attempt);
    }

    @Override
    public void write(Writer writer) {
      slot.pack(writer.u8(0x82));
      writer.varint(round).varint(attempt);
      stateRootAfter.write(writer);
      stepsRoot.write(writer);
      writer.u8(present());
      writeEdge(writer, leftRoot);
      writeEdge(writer, rightRoot);
      lossBits.ifPresent(bits -> writer.u32(bits & 0xffff_ffffL));
      validationLossBits.ifPresent(bits -> writer.u32(bits & 0xffff_ffffL));
    }

    /// Which of the last four fields follow.
    private int present() {
      return (leftRoot.equals(NO_EDGE) ? 0 : LEFT)
          | (rightRoot.equals(NO_EDGE) ? 0 : RIGHT)
          | (lossBits.isPresent() ? LOSS : 0)
          | (validationLossBits.isPresent() ? VALIDATION_LOSS : 0);
    }

    private static void writeEdge(Writer writer, Hash root) {
      if (!root.equals(NO_EDGE)) {
        root.write(writer);
      }
    }

    private static RoundCommit readFields(Reader reader) throws Malformed {
      StageSlot slot = StageSlot.unpack(reader);
      int round = index(reader);
      int attempt = attemptOf(reader);
      Hash stateRootAfter = Hash.read(reader);
      Hash stepsRoot = Hash.read(reader);
      int present = reader.u8();
      if (present > (LEFT | RIGHT | LOSS | VALIDATION_LOSS)) {
        throw new Malformed("unknown fields 0x%02x".formatted(present));
      }
      return new RoundCommit(
          slot,
          round,
          attempt,
          stateRootAfter,
          stepsRoot,
          readEdge(reader, present & LEFT),
          readEdge(reader, present & RIGHT),
          readBits(reader, present & LOSS),
          readBits(reader, present & VALIDATION_LOSS));
    }

    private static Hash readEdge(Reader reader, int present) throws Malformed {
      if (present == 0) {
        return NO_EDGE;
      }
      Hash root = Hash.read(reader);
      if (root.equals(NO_EDGE)) {
        throw new Malformed("the root of nothing is not written");
      }
      return root;
    }

    private static OptionalInt readBits(Reader reader, int present) throws Malformed {
      return present == 0 ? OptionalInt.empty() : OptionalInt.of((int) reader.u32());
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
      slot.pack(writer.u8(0x83));
      writer.varint(round).varint(attempt);
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
      slot.pack(writer.u8(0x8c));
      writer.varint(round).varint(attempt);
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
      case 0x80 -> new JobAccept(StageSlot.unpack(reader), attemptOf(reader), Hash.read(reader));
      case 0x81 -> new ClassOpen(StageSlot.unpack(reader), Hash.read(reader));
      case 0x82 -> RoundCommit.readFields(reader);
      case 0x83 ->
          new CheckpointRecord(
              StageSlot.unpack(reader), index(reader), attemptOf(reader), Hash.read(reader));
      case 0x8c ->
          new CheckpointKept(
              StageSlot.unpack(reader), index(reader), attemptOf(reader), Address.read(reader));
      case 0x90 -> DoubleVote.readFields(reader);
      case 0x91, 0x92, 0x93 -> ServeCall.read(tag, reader);
      default -> AuditCall.read(tag, reader);
    };
  }

  private static int index(Reader reader) throws Malformed {
    return (int) reader.varint(Integer.MAX_VALUE);
  }

  private static int attemptOf(Reader reader) throws Malformed {
    return (int) reader.varint(0xffff);
  }
}

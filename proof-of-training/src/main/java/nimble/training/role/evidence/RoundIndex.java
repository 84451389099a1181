package nimble.training.role.evidence;

import java.util.List;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.training.RoundRoots;
import nimble.training.spec.Limits;

/// What a stage wrote down in a round (R12): all leaves of its commitment, which are names of
/// blobs. Comes from a miner that may lie: nothing counts before [#problem] is empty.
///
/// @param start the state at the round's start as a [CheckpointBlob]; empty before the first step,
///   where everyone can compute it
/// @param steps leaves of `stepsRoot`
/// @param left leaves of `leftRoot`, step by step
/// @param right leaves of `rightRoot`
/// @param lossBits on the last stage, of all micro-batches step by step: bits of fp32
public record RoundIndex(
    Optional<BlobName> start,
    List<StepLeaf> steps,
    List<EdgeLeaf> left,
    List<EdgeLeaf> right,
    List<Integer> lossBits) {
  /// Training steps and validation batches.
  public static final int STEPS_MAX = Limits.ROUND_STEPS_MAX;

  public static final int MICRO_BATCHES_MAX = Limits.ROUND_MICRO_BATCHES_MAX;

  private static final int VERSION = 1;

  public RoundIndex {
    steps = List.copyOf(steps);
    left = List.copyOf(left);
    right = List.copyOf(right);
    lossBits = List.copyOf(lossBits);
  }

  public Bytes encode() {
    return Writer.encode(this::write);
  }

  public void write(Writer writer) {
    writer.u8(VERSION).optional(start, BlobName::write);
    writer
        .list(steps, STEPS_MAX, StepLeaf::write)
        .list(left, MICRO_BATCHES_MAX, EdgeLeaf::write)
        .list(right, MICRO_BATCHES_MAX, EdgeLeaf::write)
        .list(lossBits, MICRO_BATCHES_MAX, (bits, to) -> to.u32(bits & 0xffff_ffffL));
  }

  public static RoundIndex read(Reader reader) throws Malformed {
    reader.version(VERSION);
    return new RoundIndex(
        reader.optional(BlobName::read),
        reader.list(STEPS_MAX, StepLeaf::read),
        reader.list(MICRO_BATCHES_MAX, EdgeLeaf::read),
        reader.list(MICRO_BATCHES_MAX, EdgeLeaf::read),
        reader.list(MICRO_BATCHES_MAX, from -> (int) from.u32()));
  }

  /// What keeps this from being the index of a round that was committed to; empty when it is. The
  /// size of every blob is right then.
  public Optional<String> problem(RoundRoots committed, Plan plan, int stage, int round) {
    return new IndexCheck(this, RoundShape.of(plan, stage, round))
        .problem(plan.rounds().firstStep(round), committed);
  }
}

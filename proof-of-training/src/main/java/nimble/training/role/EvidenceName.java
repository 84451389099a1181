package nimble.training.role;

import nimble.chain.StageSlot;
import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.JobId;

/// What a validator asks a miner about a round that it audits, and what the miner answers (R12).
///
/// @param slot whose round it is
/// @param attempt at which the round was committed
public record EvidenceName(StageSlot slot, int attempt, int round, Kind kind)
    implements TensorName {
  static final int TAG = 3;

  /// What is said.
  public enum Kind {
    /// A validator wants the round's index; no payload.
    ASK(0),
    /// The miner has it: a [RoundIndex].
    INDEX(1),
    /// The miner does not have it, or not yet; no payload.
    NONE(2);

    private final int tag;

    Kind(int tag) {
      this.tag = tag;
    }

    private static Kind of(int tag) throws Malformed {
      return switch (tag) {
        case 0 -> ASK;
        case 1 -> INDEX;
        case 2 -> NONE;
        default -> throw new Malformed("unknown kind of evidence %d".formatted(tag));
      };
    }
  }

  public EvidenceName {
    Invariant.check(attempt >= 0 && round >= 0, "attempt %d, round %d", attempt, round);
  }

  @Override
  public JobId job() {
    return slot.job();
  }

  /// Whether the one that asked is meant, not the miner.
  public boolean isAnswer() {
    return kind != Kind.ASK;
  }

  EvidenceName as(Kind other) {
    return new EvidenceName(slot, attempt, round, other);
  }

  @Override
  public void write(Writer writer) {
    slot.write(writer.u8(TAG));
    writer.u32(attempt).u32(round).u8(kind.tag);
  }

  static EvidenceName readFields(Reader reader) throws Malformed {
    return new EvidenceName(
        StageSlot.read(reader),
        reader.length(Integer.MAX_VALUE),
        reader.length(Integer.MAX_VALUE),
        Kind.of(reader.u8()));
  }
}

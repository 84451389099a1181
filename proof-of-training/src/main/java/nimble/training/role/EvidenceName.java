package nimble.training.role;

import nimble.chain.StageSlot;
import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.JobId;

/// What a validator asks a miner, or another validator, about a round that it audits, and what is
/// answered (R12, R30).
///
/// @param slot whose round it is
/// @param attempt at which the round was committed
/// @param audit its number
public record EvidenceName(StageSlot slot, int attempt, int round, long audit, Kind kind)
    implements TensorName {
  static final int TAG = 3;

  /// What is said.
  public enum Kind {
    /// A validator wants the round's index; no payload.
    ASK(0),
    /// The miner has it: a [nimble.training.role.evidence.RoundIndex].
    INDEX(1),
    /// The miner does not have it, or not yet; no payload.
    NONE(2),
    /// A validator wants the list of the shards that the audit's bundle was cut into (R30); no
    /// payload.
    ASK_SHARDS(3),
    /// The list: [nimble.blob.Shards]. Who does not have it is silent.
    SHARDS(4);

    private final int tag;

    Kind(int tag) {
      this.tag = tag;
    }

    private static Kind of(int tag) throws Malformed {
      return switch (tag) {
        case 0 -> ASK;
        case 1 -> INDEX;
        case 2 -> NONE;
        case 3 -> ASK_SHARDS;
        case 4 -> SHARDS;
        default -> throw new Malformed("unknown kind of evidence %d".formatted(tag));
      };
    }
  }

  public EvidenceName {
    Invariant.check(
        attempt >= 0 && round >= 0 && audit >= 0,
        "attempt %d, round %d, audit %d",
        attempt,
        round,
        audit);
  }

  @Override
  public JobId job() {
    return slot.job();
  }

  /// Whether the one that asked is meant, not the miner.
  public boolean isAnswer() {
    return kind != Kind.ASK && kind != Kind.ASK_SHARDS;
  }

  /// About the same audit, of another kind: an answer to what was asked.
  public EvidenceName as(Kind other) {
    return new EvidenceName(slot, attempt, round, audit, other);
  }

  @Override
  public void write(Writer writer) {
    slot.write(writer.u8(TAG));
    writer.u32(attempt).u32(round).i64(audit).u8(kind.tag);
  }

  static EvidenceName readFields(Reader reader) throws Malformed {
    return new EvidenceName(
        StageSlot.read(reader),
        reader.length(Integer.MAX_VALUE),
        reader.length(Integer.MAX_VALUE),
        reader.i64(),
        Kind.of(reader.u8()));
  }
}

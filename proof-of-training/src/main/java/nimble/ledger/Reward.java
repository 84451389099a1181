package nimble.ledger;

import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// What one account got from the reward pool for one epoch, with the terms that are its own; those
/// of the epoch are in its [EpochSummary].
public sealed interface Reward {
  long epoch();

  /// Nim-units that began to vest.
  long amount();

  void write(Writer writer);

  /// For work: `workEmission × fee ÷ fees`.
  record Worked(long epoch, Earner earner, long amount) implements Reward {
    @Override
    public void write(Writer writer) {
      writer.u8(1).i64(epoch);
      earner.write(writer);
      writer.i64(amount);
    }
  }

  /// For blocks: `leaders × voteWeight ÷ (blocks of the epoch × 1000)`; for stake: `validators ×
  /// stake ÷ all stake × signed ÷ views of the epoch`.
  ///
  /// @param blocks that it led
  /// @param voteWeight permille of all vote weight, summed over these blocks
  /// @param stake with which it voted
  /// @param signed views on which its vote was counted
  /// @param toDelegators the part of both that its delegators' stake earned, less commission
  record Validated(
      long epoch,
      long blocks,
      long voteWeight,
      long forLeading,
      long stake,
      long signed,
      long forVoting,
      long toDelegators)
      implements Reward {
    @Override
    public long amount() {
      return Math.addExact(forLeading, forVoting) - toDelegators;
    }

    @Override
    public void write(Writer writer) {
      writer.u8(2).i64(epoch).i64(blocks).i64(voteWeight).i64(forLeading);
      writer.i64(stake).i64(signed).i64(forVoting).i64(toDelegators);
    }
  }

  static Reward read(Reader reader) throws Malformed {
    int tag = reader.u8();
    return switch (tag) {
      case 1 -> new Worked(reader.i64(), Earner.read(reader), reader.i64());
      case 2 ->
          new Validated(
              reader.i64(),
              reader.i64(),
              reader.i64(),
              reader.i64(),
              reader.i64(),
              reader.i64(),
              reader.i64(),
              reader.i64());
      default -> throw new Malformed("unknown reward 0x%02x".formatted(tag));
    };
  }
}

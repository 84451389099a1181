package nimble.chain;

import java.util.Optional;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.JobId;

/// What became of an entry of a block. A rejected transaction has paid its fee all the same.
///
/// @param fee nim-units paid, base fee and tip; 0 for a work call
public record Receipt(long fee, Outcome outcome) {
  /// Reasons are plain words with the values that led to them.
  public static final int REASON_MAX = 512;

  public Receipt {
    Invariant.check(fee >= 0, "fee %d", fee);
  }

  /// How it ended.
  public sealed interface Outcome {
    /// Done; `job` is the number of the job that it created.
    record Applied(Optional<JobId> job) implements Outcome {}

    /// Nothing changed but the fee.
    record Rejected(String reason) implements Outcome {}
  }

  public Bytes encode() {
    return Writer.encode(this::write);
  }

  public void write(Writer writer) {
    writer.i64(fee);
    switch (outcome) {
      case Outcome.Applied(Optional<JobId> job) ->
          writer.u8(0).optional(job, (id, to) -> id.write(to));
      case Outcome.Rejected(String reason) -> writer.u8(1).string(reason, REASON_MAX);
    }
  }

  public static Receipt read(Reader reader) throws Malformed {
    long fee = reader.i64();
    int tag = reader.u8();
    return new Receipt(
        fee,
        switch (tag) {
          case 0 -> new Outcome.Applied(reader.optional(JobId::read));
          case 1 -> new Outcome.Rejected(reader.string(REASON_MAX));
          default -> throw new Malformed("unknown outcome %d".formatted(tag));
        });
  }
}

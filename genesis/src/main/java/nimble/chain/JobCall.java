package nimble.chain;

import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.JobId;

/// Calls of a developer's account.
public sealed interface JobCall extends Call {
  /// Orders a training job. `spec` is the canonical job spec, cuts included; the training rules
  /// decode it. Its budget goes into escrow.
  record JobSubmit(Bytes spec) implements JobCall {
    public static final int SPEC_MAX = 16 * 1024;

    public JobSubmit {
      Invariant.check(spec.size() <= SPEC_MAX, "spec of %d bytes", spec.size());
    }

    @Override
    public void write(Writer writer) {
      writer.u8(0x30).bytes(spec, SPEC_MAX);
    }
  }

  /// Adds `amount` to a job's escrow.
  record JobTopUp(JobId job, long amount) implements JobCall {
    public JobTopUp {
      Invariant.check(amount >= 0, "amount %d", amount);
    }

    @Override
    public void write(Writer writer) {
      job.write(writer.u8(0x31));
      writer.i64(amount);
    }
  }

  /// Ends a job at its next round boundary; it settles like an end.
  record JobCancel(JobId job) implements JobCall {
    @Override
    public void write(Writer writer) {
      job.write(writer.u8(0x32));
    }
  }

  static JobCall read(int tag, Reader reader) throws Malformed {
    return switch (tag) {
      case 0x30 -> new JobSubmit(reader.bytes(JobSubmit.SPEC_MAX));
      case 0x31 -> new JobTopUp(JobId.read(reader), reader.i64());
      case 0x32 -> new JobCancel(JobId.read(reader));
      default -> throw Call.unknown(tag);
    };
  }
}

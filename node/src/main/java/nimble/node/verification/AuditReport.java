package nimble.node.verification;

import java.util.Optional;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.vm.audit.Drift;
import nimble.vm.audit.Errors;
import nimble.vm.audit.StageAudit.Finding;

/// What an auditor of one class found of one step.
///
/// @param step of its round
/// @param trains it is no validation batch
/// @param sameClass the miner's and the auditor's
/// @param nanos of its thread's processor, from what it was sent to the finding
/// @param direction of the drift, across classes ([Drift])
record AuditReport(
    int stage,
    int round,
    int step,
    boolean trains,
    boolean sameClass,
    Finding finding,
    Errors errors,
    long nanos,
    Optional<Bytes> direction) {
  private static final int NAME_MAX = 16;

  /// Q3
  boolean isNoticed() {
    return sameClass ? finding != Finding.EQUAL : finding == Finding.FALSE;
  }

  void write(Writer writer) {
    writer
        .u16(stage)
        .u32(round)
        .u32(step)
        .bool(trains)
        .bool(sameClass)
        .string(finding.name(), NAME_MAX);
    for (double error :
        new double[] {errors.output(), errors.inputGradient(), errors.weightGradient()}) {
      writer.u64(Double.doubleToRawLongBits(error));
    }
    writer.i64(nanos).optional(direction, (bytes, to) -> to.bytes(bytes, Drift.SIZE));
  }

  static AuditReport read(Reader reader) throws Malformed {
    return new AuditReport(
        reader.u16(),
        reader.length(Integer.MAX_VALUE),
        reader.length(Integer.MAX_VALUE),
        reader.bool(),
        reader.bool(),
        finding(reader.string(NAME_MAX)),
        new Errors(number(reader), number(reader), number(reader)),
        reader.i64(),
        reader.optional(from -> from.bytes(Drift.SIZE)));
  }

  private static Finding finding(String name) throws Malformed {
    for (Finding finding : Finding.values()) {
      if (finding.name().equals(name)) {
        return finding;
      }
    }
    throw new Malformed("unknown finding %s".formatted(name));
  }

  private static double number(Reader reader) throws Malformed {
    return Double.longBitsToDouble(reader.u64());
  }
}

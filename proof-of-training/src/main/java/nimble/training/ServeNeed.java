package nimble.training;

import nimble.types.Span;
import nimble.vm.Metering;
import nimble.vm.ModelSpec;
import nimble.vm.StageSpec;

/// What serving one stage asks of a machine, metered (S3).
///
/// @param memoryBytes weights, the base that they are on and one layer's work on it, and what
///   [#ROWS] rows of the whole context keep
/// @param operationsPer1k of a thousand positions: once to generate, once to replay
public record ServeNeed(long memoryBytes, long operationsPer1k) {
  /// Answers at a time.
  public static final int ROWS = 16;

  /// What is fetched and loaded in a second, at least.
  public static final long LOADED_PER_SECOND = 4 << 20;

  private static final int PASSES = 2;
  private static final long THOUSAND = 1_000;

  /// Until a host must have loaded it (S4).
  Span loads(Span accept) {
    long more = Math.multiplyExact(THOUSAND, memoryBytes / LOADED_PER_SECOND);
    return new Span(Math.addExact(accept.millis(), more), accept.blocks());
  }

  public static ServeNeed of(StageSpec stage) {
    ModelSpec model = stage.model();
    StageSpec row = new StageSpec(model, stage.firstLayer(), stage.endLayer(), 1);
    Metering metering = Metering.of(row);
    long kept =
        Math.addExact(metering.activationBytes(), metering.inputBytes() + metering.outputBytes());
    long held =
        Math.addExact(
            Math.multiplyExact(Float.BYTES, metering.parameters()),
            Math.addExact(metering.baseBytes(), metering.workBytes()));
    long memory = Math.addExact(held, Math.multiplyExact(ROWS, kept));
    long passes = Math.multiplyExact(PASSES * THOUSAND, metering.forward());
    return new ServeNeed(memory, Math.ceilDiv(passes, (long) model.context()));
  }
}

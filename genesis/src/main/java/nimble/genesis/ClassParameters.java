package nimble.genesis;

import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// Numeric classes: which ones serve, and how far they may be apart.
///
/// @param validators that must have shown a class before it is served
/// @param stakePermille of all stake that these must have
/// @param fp32 tolerances of programs that compute in fp32
/// @param bf16 tolerances of programs that compute in bf16
public record ClassParameters(
    long validators, long stakePermille, ToleranceParameters fp32, ToleranceParameters bf16) {
  private static final long PERMILLE = 1_000;

  public ClassParameters {
    Invariant.check(validators >= 0, "%d validators", validators);
    Invariant.check(
        stakePermille >= 0 && stakePermille <= PERMILLE, "%d permille of stake", stakePermille);
  }

  /// Served when so many validators showed it; the tolerances that the calibration began with.
  public static ClassParameters of(long validators, long stakePermille) {
    return new ClassParameters(
        validators,
        stakePermille,
        new ToleranceParameters(1_000, 1_000, 2_000),
        new ToleranceParameters(1_000_000, 1_600_000, 5_000_000));
  }

  void write(Writer writer) {
    writer.i64(validators).i64(stakePermille);
    fp32.write(writer);
    bf16.write(writer);
  }

  static ClassParameters read(Reader reader) throws Malformed {
    long validators = reader.i64();
    long stakePermille = reader.i64();
    if (stakePermille > PERMILLE) {
      throw new Malformed("%d permille of stake".formatted(stakePermille));
    }
    return new ClassParameters(
        validators,
        stakePermille,
        ToleranceParameters.read(reader),
        ToleranceParameters.read(reader));
  }
}

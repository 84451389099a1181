package nimble.training.spec;

import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// How a job's steps fall into rounds, fixed at match time (J5). Rounds count from 0, steps on from
/// those of the job before it (J42).
///
/// @param before steps behind its beginning
/// @param steps of this job
/// @param roundSteps of every round but the last, which may be shorter
public record Rounds(int before, int steps, int roundSteps) {
  /// Rounds between validations.
  public static final int VALIDATION_ROUNDS = 10;

  /// Batches of a validation, and of that at the job's end.
  public static final int VALIDATION_BATCHES = 8;

  public static final int FINAL_VALIDATION_BATCHES = 64;

  public Rounds {
    Invariant.check(
        roundSteps >= 1 && roundSteps <= steps, "rounds of %d of %d steps", roundSteps, steps);
    Invariant.check(
        before >= 0 && before <= Integer.MAX_VALUE - steps, "%d steps before %d", before, steps);
  }

  /// Of a job that begins anew.
  public Rounds(int steps, int roundSteps) {
    this(0, steps, roundSteps);
  }

  public int count() {
    return Math.ceilDiv(steps, roundSteps);
  }

  public int firstStep(int round) {
    Invariant.check(round >= 0 && round < count(), "round %d of %d", round, count());
    return before + round * roundSteps;
  }

  public int stepsOf(int round) {
    return Math.min(roundSteps, before + steps - firstStep(round));
  }

  /// Steps behind the end of `round`.
  public int endStep(int round) {
    return firstStep(round) + stepsOf(round);
  }

  public boolean isLast(int round) {
    return round == count() - 1;
  }

  /// Batches without a gradient at the end of `round`, after its last step; mostly none.
  public int validationBatches(int round) {
    if (isLast(round)) {
      return FINAL_VALIDATION_BATCHES;
    }
    return (round + 1) % VALIDATION_ROUNDS == 0 ? VALIDATION_BATCHES : 0;
  }

  /// Of the whole job.
  public long validationBatches() {
    long between = (count() - 1L) / VALIDATION_ROUNDS;
    return between * VALIDATION_BATCHES + FINAL_VALIDATION_BATCHES;
  }

  /// From the start of `round` to the end; none after the last.
  public long stepsFrom(int round) {
    return steps - Math.min(steps, (long) round * roundSteps);
  }

  /// From the start of `round` to the end.
  public long validationBatchesFrom(int round) {
    long before = (long) round / VALIDATION_ROUNDS * VALIDATION_BATCHES;
    return round < count() ? validationBatches() - before : 0;
  }

  public void write(Writer writer) {
    writer.u32(before).u32(steps).u32(roundSteps);
  }

  public static Rounds read(Reader reader) throws Malformed {
    int before = reader.length(Integer.MAX_VALUE);
    int steps = reader.length(Integer.MAX_VALUE - before);
    int roundSteps = reader.length(steps);
    if (roundSteps == 0) {
      throw new Malformed("rounds without steps");
    }
    return new Rounds(before, steps, roundSteps);
  }
}

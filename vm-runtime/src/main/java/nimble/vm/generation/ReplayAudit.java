package nimble.vm.generation;

import java.util.Optional;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.crypto.Hashing;
import nimble.types.Hash;
import nimble.vm.StageProgram;
import nimble.vm.StageSpec;
import nimble.vm.audit.Projection;
import nimble.vm.audit.StageAudit;
import nimble.vm.audit.Tolerance;

/// Replays a row once more, as an auditor does, and holds what its host said of it against that
/// (G8, G9).
public final class ReplayAudit {
  /// Of the outputs of rows that grow, beside those of a replay (G9).
  private static final double GROWING = 16;

  /// @param answer that only who replayed it can know: neighbours know the outputs, others nothing
  /// @param projection of what it answers for
  /// @param reason what is wrong; empty when nothing is
  public record Result(
      StageAudit.Finding finding, Hash answer, Projection projection, String reason) {}

  private ReplayAudit() {}

  /// How far from a replay's the outputs may be from which tokens were chosen.
  public static double choiceTolerance(Tolerance tolerance) {
    return GROWING * tolerance.output();
  }

  /// Whether inputs and row are those that were committed to; takes no program.
  ///
  /// @param input of the row's positions; ids on the first stage
  /// @throws Malformed when it is other data
  public static void check(StageSpec spec, Row row, Bytes input, Replay claimed) throws Malformed {
    long wanted = (long) row.positions() * spec.inWidth() * Float.BYTES;
    if (row.positions() > spec.model().context() || input.size() != wanted) {
      throw new Malformed(
          "%d bytes for a row of %d positions".formatted(input.size(), row.positions()));
    }
    if (!claimed.row().equals(row.hash())
        || !claimed.left().equals(Replay.left(input, row.positions()))
        || claimed.blocks().size() != Math.ceilDiv(row.positions(), Replay.BLOCK)) {
      throw new Malformed("another row, or other inputs, than was committed to");
    }
  }

  /// @param program of one row
  /// @param drawn seed of the audit
  /// @param sameClass whether this machine and the host's are of one class
  public static Result of(
      StageProgram program,
      Row row,
      Bytes input,
      Replay claimed,
      Hash drawn,
      boolean sameClass,
      Tolerance tolerance) {
    Replay.Pass ours = Replay.of(program, row, input);
    Hash answer = Hashing.of("replay-answer", drawn.bytes(), ours.outputs());
    Optional<String> wrong = wrong(program.spec(), row, input, ours, claimed, tolerance);
    boolean equal = !sameClass || ours.replay().equals(claimed);
    StageAudit.Finding finding =
        wrong.isPresent()
            ? StageAudit.Finding.FALSE
            : equal ? StageAudit.Finding.EQUAL : StageAudit.Finding.DEVIATES;
    return new Result(
        finding,
        answer,
        Projection.of(ours.outputs(), drawn),
        wrong.orElse(equal ? "" : "bits of the outputs"));
  }

  private static Optional<String> wrong(
      StageSpec spec, Row row, Bytes input, Replay.Pass ours, Replay claimed, Tolerance tolerance) {
    if (spec.takesTokens() && !input.equals(row.input())) {
      return Optional.of("it replayed other tokens");
    }
    if (!claimed.isNear(ours.outputs(), row.positions(), tolerance.output())) {
      return Optional.of("the outputs");
    }
    return spec.last() && !row.isFair(ours.outputs(), choiceTolerance(tolerance))
        ? Optional.of("the choice of a token")
        : Optional.empty();
  }
}

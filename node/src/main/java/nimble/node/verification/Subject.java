package nimble.node.verification;

import java.util.List;
import java.util.stream.IntStream;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.crypto.Hashing;
import nimble.genesis.Parameters;
import nimble.genesis.ToleranceParameters;
import nimble.genesis.TrainingParameters;
import nimble.training.matching.AuditRate;
import nimble.training.role.evidence.Plan;
import nimble.training.spec.JobSpec;
import nimble.training.spec.Rounds;
import nimble.training.spec.StageNeed;
import nimble.types.Hash;
import nimble.vm.audit.Tolerance;
import nimble.vm.data.DataSet;

/// The job that is measured on.
///
/// @param text the data set
/// @param tolerance across classes, of genesis
public record Subject(JobSpec spec, Bytes text, int roundSteps, ToleranceParameters tolerance) {
  /// In permille, as on the main network.
  private static final int LOWEST_RATE = 10;

  private static final int HIGHEST_RATE = 100;
  private static final TrainingParameters PARAMETERS =
      Parameters.devnet().training().withAuditRates(LOWEST_RATE, HIGHEST_RATE);

  static final Hash BEACON = Hashing.of("verification bench");

  Plan plan() {
    return new Plan(
        spec.stageSpecs(),
        spec.training(),
        new Rounds(spec.training().steps(), roundSteps),
        spec.data(),
        BEACON);
  }

  DataSet data() {
    return spec.data().open(text, spec.model());
  }

  List<StageNeed> needs() {
    return StageNeed.of(spec);
  }

  /// The lowest rate of a stage, in permille of its steps (J3).
  int leastPermille(int stage) {
    return AuditRate.leastPermille(needs().get(stage), roundSteps, PARAMETERS);
  }

  /// Of the stage that is audited least.
  int leastPermille() {
    return IntStream.range(0, spec.stages()).map(this::leastPermille).min().orElseThrow();
  }

  Tolerance allowed() {
    return Tolerance.ofBillionths(
        tolerance.output(), tolerance.inputGradient(), tolerance.weightGradient());
  }

  void write(Writer writer) {
    writer.bytes(spec.encode(), Integer.MAX_VALUE).bytes(text, Integer.MAX_VALUE).u32(roundSteps);
    writer.i64(tolerance.output()).i64(tolerance.inputGradient()).i64(tolerance.weightGradient());
  }

  static Subject read(Reader reader) throws Malformed {
    return new Subject(
        Reader.decode(reader.bytes(Integer.MAX_VALUE), JobSpec::read),
        reader.bytes(Integer.MAX_VALUE),
        reader.length(Integer.MAX_VALUE),
        new ToleranceParameters(reader.i64(), reader.i64(), reader.i64()));
  }
}

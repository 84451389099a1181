package nimble.training;

import nimble.crypto.Hashing;
import nimble.genesis.ToleranceParameters;
import nimble.genesis.TrainingParameters;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.vm.ModelSpec;
import nimble.vm.audit.Tolerance;

/// How a measured numeric class is committed before it is shown (J4).
public final class NumericClass {
  private NumericClass() {}

  /// What [nimble.chain.WorkCall.JobAccept] carries: nobody can copy it for another account.
  public static Hash commitment(Hash digest, Address miner) {
    return Hashing.of("class", digest.bytes(), miner.bytes());
  }

  /// How far apart classes may be on that model's programs.
  public static Tolerance tolerance(TrainingParameters parameters, ModelSpec model) {
    ToleranceParameters of = billionths(parameters, model);
    return Tolerance.ofBillionths(of.output(), of.inputGradient(), of.weightGradient());
  }

  /// As genesis says it: by the precision of the products.
  public static ToleranceParameters billionths(TrainingParameters parameters, ModelSpec model) {
    return switch (model.precision()) {
      case FP32 -> parameters.classes().fp32();
      case BF16 -> parameters.classes().bf16();
    };
  }
}

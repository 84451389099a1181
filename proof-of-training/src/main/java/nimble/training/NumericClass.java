package nimble.training;

import nimble.crypto.Hashing;
import nimble.genesis.ToleranceParameters;
import nimble.genesis.TrainingParameters;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.vm.Tolerance;

/// How a measured numeric class is committed before it is shown (J4).
public final class NumericClass {
  private NumericClass() {}

  /// What [nimble.chain.WorkCall.JobAccept] carries: nobody can copy it for another account.
  public static Hash commitment(Hash digest, Address miner) {
    return Hashing.of("class", digest.bytes(), miner.bytes());
  }

  /// How far apart classes may be. All stage programs compute in fp32.
  public static Tolerance tolerance(TrainingParameters parameters) {
    ToleranceParameters fp32 = parameters.classes().fp32();
    return Tolerance.ofBillionths(fp32.output(), fp32.inputGradient(), fp32.weightGradient());
  }
}

package nimble.training;

import nimble.crypto.Hashing;
import nimble.types.Address;
import nimble.types.Hash;

/// How a measured numeric class is committed before it is shown (J4).
public final class NumericClass {
  private NumericClass() {}

  /// What [nimble.chain.WorkCall.JobAccept] carries: nobody can copy it for another account.
  public static Hash commitment(Hash digest, Address miner) {
    return Hashing.of("class", digest.bytes(), miner.bytes());
  }
}

package nimble.genesis;

import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// Limits and fees of blocks.
///
/// @param bytesMax canonical bytes of a body
/// @param weightMax weight of a body; half for each kind of entry
/// @param baseFee nim-units per weight at genesis; at least 1
/// @param signatureWeight weight of one signature
/// @param slotCharge nim-units a job pays for each work call; half is burned, half goes to the
///   leader
/// @param offerDeposit nim-units held while a miner is registered with an offer
public record BlockParameters(
    long bytesMax,
    long weightMax,
    long baseFee,
    long signatureWeight,
    long slotCharge,
    long offerDeposit) {
  public BlockParameters {
    Invariant.check(
        bytesMax >= 0
            && weightMax >= 0
            && baseFee >= 0
            && signatureWeight >= 0
            && slotCharge >= 0
            && offerDeposit >= 0,
        "a negative parameter");
  }

  void write(Writer writer) {
    writer.i64(bytesMax);
    writer.i64(weightMax);
    writer.i64(baseFee);
    writer.i64(signatureWeight);
    writer.i64(slotCharge);
    writer.i64(offerDeposit);
  }

  static BlockParameters read(Reader reader) throws Malformed {
    return new BlockParameters(
        reader.i64(), reader.i64(), reader.i64(), reader.i64(), reader.i64(), reader.i64());
  }
}

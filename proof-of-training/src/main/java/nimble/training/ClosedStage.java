package nimble.training;

import java.util.Optional;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Address;
import nimble.types.Hash;

/// One stage of a closed round: who did it, what it committed to and what it is due for it. The
/// stage may have another miner by the time this is paid.
///
/// @param numericClass of that miner
/// @param auditRatePermille at which its rounds are drawn
/// @param stateRootBefore at the round's start; empty for a state that everyone can compute from
///   the seed
/// @param operations metered, validation included
/// @param pay nim-units, protocol fee included
/// @param payable false once an audit has found otherwise
public record ClosedStage(
    Address miner,
    Hash numericClass,
    int auditRatePermille,
    RoundRoots roots,
    Optional<Hash> stateRootBefore,
    long operations,
    long pay,
    boolean payable) {
  ClosedStage unpaid() {
    return new ClosedStage(
        miner, numericClass, auditRatePermille, roots, stateRootBefore, operations, pay, false);
  }

  public void write(Writer writer) {
    miner.write(writer);
    numericClass.write(writer);
    writer.u16(auditRatePermille);
    roots.write(writer);
    writer.optional(stateRootBefore, Hash::write).i64(operations).i64(pay).bool(payable);
  }

  public static ClosedStage read(Reader reader) throws Malformed {
    return new ClosedStage(
        Address.read(reader),
        Hash.read(reader),
        reader.u16(),
        RoundRoots.read(reader),
        reader.optional(Hash::read),
        reader.i64(),
        reader.i64(),
        reader.bool());
  }
}

package nimble.ledger;

import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.genesis.Parameters;
import nimble.types.Math128;

/// What is delegated to one validator (L23): F1 with shares, so that neither a reward nor a slash
/// touches a delegator's record. A reward raises what every share has earned since the beginning; a
/// slash lowers what every share is worth.
///
/// @param stake nim-units that vote
/// @param shares of it
/// @param perShare nim-units that one share has earned, in 2⁻³² of them
/// @param rewards nim-units held for delegators, the remainders included
/// @param carried the part of the rewards that `perShare` has not told of yet
public record DelegationPool(long stake, long shares, long perShare, long rewards, long carried) {
  /// Fewer shares earn nothing: keeps `perShare` within 63 bits for all NIM that can be earned.
  static final long SHARES_MIN = Parameters.NIM;

  static final DelegationPool NONE = new DelegationPool(0, 0, 0, 0, 0);

  private static final long ONE = 1L << 32;

  public DelegationPool {
    Invariant.check(stake >= 0 && shares >= 0 && perShare >= 0, "a negative quantity");
    Invariant.check(carried >= 0 && carried <= rewards, "carries %d of %d", carried, rewards);
  }

  /// What so many shares are worth, rounded down; who is last takes what rounding left.
  long worth(long some) {
    return shares == 0 ? 0 : Math128.mulDiv(stake, some, shares);
  }

  /// The fewest shares that are worth `amount`.
  long sharesFor(long amount) {
    long floor = Math128.mulDiv(amount, shares, stake);
    return worth(floor) < amount ? floor + 1 : floor;
  }

  long earned(Delegation delegation) {
    return Math128.mulDiv(delegation.shares(), perShare - delegation.since(), ONE);
  }

  /// As many shares as nim-units: nobody joins after a slash.
  DelegationPool join(long amount) {
    Invariant.check(stake == shares, "joins %d shares worth %d", shares, stake);
    return new DelegationPool(
        Math.addExact(stake, amount), Math.addExact(shares, amount), perShare, rewards, carried);
  }

  DelegationPool leave(long some, long amount) {
    return new DelegationPool(stake - amount, shares - some, perShare, rewards, carried);
  }

  DelegationPool slash(long amount) {
    return new DelegationPool(stake - amount, shares, perShare, rewards, carried);
  }

  DelegationPool pay(long amount) {
    long left = rewards - amount;
    // Without delegators all that is left are remainders.
    return new DelegationPool(stake, shares, perShare, left, shares == 0 ? left : carried);
  }

  boolean sharesRewards() {
    return shares >= SHARES_MIN && stake > 0;
  }

  DelegationPool earn(long amount) {
    long untold = Math.addExact(carried, amount);
    long each = Math128.mulDiv(untold, ONE, shares);
    // Rounded up: who is paid for many rewards at once gets the sum's floor, not the floors' sum.
    boolean exact = (each * shares) % ONE == 0;
    long told = Math128.mulDiv(each, shares, ONE) + (exact ? 0 : 1);
    return new DelegationPool(
        stake,
        shares,
        Math.addExact(perShare, each),
        Math.addExact(rewards, amount),
        untold - told);
  }

  void write(Writer writer) {
    writer.i64(stake).i64(shares).i64(perShare).i64(rewards).i64(carried);
  }

  static DelegationPool read(Reader reader) throws Malformed {
    return new DelegationPool(reader.i64(), reader.i64(), reader.i64(), reader.i64(), reader.i64());
  }
}

package nimble.ledger;

import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// What an address owns, in nim-units.
///
/// @param balance free to spend
/// @param nonce transactions so far: the next one carries this number
/// @param bond secures work; includes `locked`
/// @param locked the part of the bond that secures stages held now
/// @param bondTarget the bond at which the stages held now are audited least
/// @param stake votes
/// @param unbonding on its way back to the balance
/// @param vesting earned, on its way to bond and stake
public record Account(
    long balance,
    long nonce,
    long bond,
    long locked,
    long bondTarget,
    long stake,
    long unbonding,
    long vesting) {
  public static final Account EMPTY = new Account(0, 0, 0, 0, 0, 0, 0, 0);

  public Account {
    Invariant.check(
        balance >= 0 && nonce >= 0 && bondTarget >= 0 && stake >= 0, "negative quantity");
    Invariant.check(unbonding >= 0 && vesting >= 0, "negative quantity in a queue");
    Invariant.check(locked >= 0 && locked <= bond, "locked %d of bond %d", locked, bond);
  }

  public long freeBond() {
    return bond - locked;
  }

  Account addBalance(long amount) {
    return new Account(
        Math.addExact(balance, amount), nonce, bond, locked, bondTarget, stake, unbonding, vesting);
  }

  Account addNonce() {
    return new Account(
        balance, Math.addExact(nonce, 1), bond, locked, bondTarget, stake, unbonding, vesting);
  }

  Account addBond(long amount) {
    return new Account(
        balance, nonce, Math.addExact(bond, amount), locked, bondTarget, stake, unbonding, vesting);
  }

  Account addLocked(long amount, long target) {
    return new Account(
        balance,
        nonce,
        bond,
        Math.addExact(locked, amount),
        Math.addExact(bondTarget, target),
        stake,
        unbonding,
        vesting);
  }

  Account addStake(long amount) {
    return new Account(
        balance, nonce, bond, locked, bondTarget, Math.addExact(stake, amount), unbonding, vesting);
  }

  Account addUnbonding(long amount) {
    return new Account(
        balance, nonce, bond, locked, bondTarget, stake, Math.addExact(unbonding, amount), vesting);
  }

  Account addVesting(long amount) {
    return new Account(
        balance, nonce, bond, locked, bondTarget, stake, unbonding, Math.addExact(vesting, amount));
  }

  void write(Writer writer) {
    writer.i64(balance).i64(nonce).i64(bond).i64(locked);
    writer.i64(bondTarget).i64(stake).i64(unbonding).i64(vesting);
  }

  static Account read(Reader reader) throws Malformed {
    return new Account(
        reader.i64(),
        reader.i64(),
        reader.i64(),
        reader.i64(),
        reader.i64(),
        reader.i64(),
        reader.i64(),
        reader.i64());
  }
}

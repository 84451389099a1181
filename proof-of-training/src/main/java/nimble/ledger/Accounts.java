package nimble.ledger;

import java.util.function.UnaryOperator;
import nimble.codec.Bytes;
import nimble.types.Address;

/// Accounts in state. An account without anything is absent.
public final class Accounts {
  private Accounts() {}

  public static Account get(StateView state, Address address) {
    return state.read(key(address), Account::read).orElse(Account.EMPTY);
  }

  /// The key of an account in state, for proofs.
  public static Bytes key(Address address) {
    return Keys.of(Keys.ACCOUNT, address);
  }

  /// Replaces an account and keeps the sums of [Supply] (L1).
  static void change(Overlay state, Address address, UnaryOperator<Account> change) {
    Account before = get(state, address);
    Account after = change.apply(before);
    put(state, address, after);
    Supply.change(state, supply -> supply.replace(before, after));
  }

  private static void replace(Overlay state, Address address, UnaryOperator<Account> change) {
    put(state, address, change.apply(get(state, address)));
  }

  private static void put(Overlay state, Address address, Account account) {
    if (account.equals(Account.EMPTY)) {
      state.remove(key(address));
    } else {
      state.write(key(address), account::write);
    }
  }

  /// Takes `amount` from the balance; false, and nothing is done, when there is less.
  static boolean take(Overlay state, Address address, long amount) {
    if (get(state, address).balance() < amount) {
      return false;
    }
    change(state, address, account -> account.addBalance(-amount));
    return true;
  }

  /// Between balances, of which [Supply] knows the sum only; false, and nothing is done, when there
  /// is less.
  static boolean move(Overlay state, Address from, Address to, long amount) {
    if (get(state, from).balance() < amount) {
      return false;
    }
    replace(state, from, account -> account.addBalance(-amount));
    replace(state, to, account -> account.addBalance(amount));
    return true;
  }

  static void give(Overlay state, Address address, long amount) {
    change(state, address, account -> account.addBalance(amount));
  }
}

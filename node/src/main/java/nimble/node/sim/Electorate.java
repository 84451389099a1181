package nimble.node.sim;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import nimble.chain.Block;
import nimble.chain.ValidatorSet;
import nimble.ledger.Elections;
import nimble.ledger.MoneyEpoch;
import nimble.ledger.Punishments;
import nimble.ledger.StateView;
import nimble.ledger.Validators;
import nimble.node.Node;
import nimble.types.Address;

/// Holds every elected set against the stakes of the block before the election (W14).
final class Electorate implements Referee.Audience {
  private Map<Address, Long> before = new TreeMap<>();
  private Set<Address> stood = new TreeSet<>();
  private long running;

  @Override
  public void finalized(Block block, Node by) {
    StateView state = by.chain().liveState();
    long now = MoneyEpoch.of(state).number();
    if (now > running) {
      running = now;
      check(state, Elections.set(state, now), Elections.set(state, now + 1));
    }
    before = backing(state);
    stood = standing(state);
  }

  private void check(StateView state, ValidatorSet last, ValidatorSet elected) {
    if (elected.equals(last)) {
      // Too few stood for election.
      return;
    }
    for (ValidatorSet.Validator seat : elected.validators()) {
      Address account = seat.account();
      Referee.check(
          before.getOrDefault(account, 0L) == seat.stake(),
          "%s is elected with %d, it had %s",
          account,
          seat.stake(),
          before);
      Referee.check(
          seat.leaderWeight() >= seat.stake() && seat.leaderWeight() <= 2 * seat.stake(),
          "%s leads with %d",
          account,
          seat.leaderWeight());
      Referee.check(
          Punishments.of(state, account).isEmpty(), "%s is elected though it is expelled", account);
    }
    // Who leaves in the very block that ends the epoch is elected still (L21).
    Set<Address> seats = new TreeSet<>();
    elected.validators().forEach(seat -> seats.add(seat.account()));
    Set<Address> stand = standing(state);
    stand.retainAll(stood);
    Referee.check(seats.containsAll(stand), "%s stand and %s are elected", stand, seats);
    Referee.check(stood.containsAll(seats), "%s stood and %s are elected", stood, seats);
  }

  private static Set<Address> standing(StateView state) {
    Set<Address> standing = new TreeSet<>();
    Validators.registered(state).stream()
        .filter(it -> it.registration().mayVote())
        .forEach(it -> standing.add(it.address()));
    return standing;
  }

  private static Map<Address, Long> backing(StateView state) {
    Map<Address, Long> backing = new TreeMap<>();
    Validators.registered(state)
        .forEach(it -> backing.put(it.address(), Validators.backing(state, it.address())));
    return backing;
  }
}

package nimble.training.role.serving;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.chain.ServePromise;
import nimble.chain.StageSlot;
import nimble.training.role.DecodeTensor;
import nimble.training.role.GatewayEffect;
import nimble.training.role.serving.GatewayInput.Account;
import nimble.training.role.serving.GatewayInput.Replica;
import nimble.training.role.serving.GatewayInput.Served;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// What a gateway owes its hosts: running totals, one a seat, and rows that are yet to be promised
/// (R28). One promise is under way to a seat; it counts once its host has taken it.
final class Tallies {
  /// Rows that wait; what comes then is not paid.
  private static final int WAITING_MAX = 64;

  private static final int TRIES_MAX = 64;

  /// @param attempt whose total it is
  private record Tally(int attempt, long tokens, Deque<Due> waiting) {
    Tally at(long more) {
      return new Tally(attempt, Math.max(tokens, more), waiting);
    }
  }

  /// A row that a host is owed for.
  record Due(PublicKey host, DecodeTensor name, long tokens, Hash row) {}

  private final SortedMap<StageSlot, Tally> tallies = new TreeMap<>();
  private final SortedMap<StageSlot, Integer> tries = new TreeMap<>();

  /// Nothing less than what the host brought to the chain: an earlier process may have owed more.
  void seated(Served model) {
    for (Replica replica : model.replicas()) {
      for (int stage = 0; stage < replica.accounts().size(); stage++) {
        Account account = replica.accounts().get(stage);
        StageSlot slot = new StageSlot(model.job(), stage, replica.number());
        Tally present = tallies.get(slot);
        tallies.put(
            slot,
            present != null && present.attempt() == account.attempt()
                ? present.at(account.tokens())
                : new Tally(account.attempt(), account.tokens(), new ArrayDeque<>()));
      }
    }
  }

  /// One row more.
  ///
  /// @return what to promise now, if nothing else is under way
  Optional<GatewayEffect.Promise> add(StageSlot slot, int attempt, Due due) {
    Tally present = tallies.get(slot);
    if (present == null
        || present.attempt() != attempt
        || present.waiting().size() == WAITING_MAX) {
      return Optional.empty();
    }
    present.waiting().addLast(due);
    return present.waiting().size() == 1 ? head(slot) : Optional.empty();
  }

  /// The promise under way, as things stand.
  Optional<GatewayEffect.Promise> head(StageSlot slot) {
    Tally present = tallies.get(slot);
    if (present == null || present.waiting().isEmpty()) {
      return Optional.empty();
    }
    Due due = present.waiting().getFirst();
    long from = present.tokens();
    return Optional.of(
        new GatewayEffect.Promise(
            due.host(),
            due.name(),
            new ServePromise(slot, present.attempt(), from, from + due.tokens(), due.row())));
  }

  /// Those that are about a row of that request, once more. Who does not take one in so many tries
  /// is not paid for it.
  List<GatewayEffect.Promise> again(long request) {
    List<GatewayEffect.Promise> all = new ArrayList<>();
    for (StageSlot slot : tallies.keySet()) {
      Optional<GatewayEffect.Promise> due =
          head(slot).filter(promise -> promise.name().request() == request);
      if (due.isPresent() && tries.merge(slot, 1, Integer::sum) > TRIES_MAX) {
        next(slot);
        head(slot).ifPresent(all::add);
      } else {
        due.ifPresent(all::add);
      }
    }
    return all;
  }

  private void next(StageSlot slot) {
    Objects.requireNonNull(tallies.get(slot)).waiting().removeFirst();
    tries.remove(slot);
  }

  /// The host has taken the promise under way: the next.
  Optional<GatewayEffect.Promise> taken(PublicKey from, StageSlot slot, long tokens) {
    Tally present = tallies.get(slot);
    if (present == null
        || present.waiting().isEmpty()
        || !present.waiting().getFirst().host().equals(from)
        || tokens != present.tokens() + present.waiting().getFirst().tokens()) {
      return Optional.empty();
    }
    next(slot);
    tallies.put(slot, present.at(tokens));
    return head(slot);
  }
}

package nimble.ledger;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import nimble.chain.SignedWorkCall;
import nimble.chain.WorkCall;
import nimble.ledger.Refusal.PoolFull;
import nimble.types.Hash;

/// Work calls that wait, one per slot. Only a slot's holder gets one in, so open slots bound it.
final class WorkPool {
  static final int CALLS_MAX = 4_096;

  private final SequencedMap<Hash, SignedWorkCall> byId = new LinkedHashMap<>();
  private final TreeMap<SlotKey, Hash> bySlot = new TreeMap<>();

  int size() {
    return byId.size();
  }

  boolean contains(Hash id) {
    return byId.containsKey(id);
  }

  boolean isTaken(SlotKey key) {
    return bySlot.containsKey(key);
  }

  Optional<SignedWorkCall> get(Hash id) {
    return Optional.ofNullable(byId.get(id));
  }

  Optional<Refusal> add(SignedWorkCall signed) {
    if (byId.size() >= CALLS_MAX) {
      return Optional.of(new PoolFull(CALLS_MAX));
    }
    Hash id = signed.id();
    byId.put(id, signed);
    bySlot.put(SlotKey.of(signed.call()), id);
    return Optional.empty();
  }

  void drop(Hash id) {
    SignedWorkCall dropped = byId.remove(id);
    if (dropped != null) {
      bySlot.remove(SlotKey.of(dropped.call()));
    }
  }

  /// By slot, then round: a round's commitment stands before the next one's.
  List<SignedWorkCall> inOrder() {
    List<SignedWorkCall> calls = new ArrayList<>();
    bySlot.values().forEach(id -> get(id).ifPresent(calls::add));
    return calls;
  }

  void finalized(List<SignedWorkCall> included, Predicate<WorkCall> isOpen) {
    included.forEach(call -> drop(call.id()));
    List.copyOf(byId.values()).stream()
        .filter(call -> !isOpen.test(call.call()))
        .forEach(call -> drop(call.id()));
  }
}

package nimble.training.role.auditor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import nimble.blob.Shards;
import nimble.codec.ByteSource;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.training.role.AuditorEffect;
import nimble.training.role.Outcome;
import nimble.training.role.Task;
import nimble.training.role.evidence.Bundle;
import nimble.types.Hash;
import nimble.types.PublicKey;

/// The shards of one challenged audit that a validator gathers (R30): while it is challenged its
/// own, to hold them; once a bundle is held, as many as give it.
final class ShardHolder {
  private final SortedMap<Hash, Integer> fetching = new TreeMap<>();
  private final SortedMap<Integer, ByteSource> here = new TreeMap<>();
  private final SortedSet<Integer> failed = new TreeSet<>();
  private Optional<Shards> list = Optional.empty();
  private boolean holding;
  private boolean writing;

  /// What to fetch, and who may have it.
  record Wanted(Hash shard, List<PublicKey> sources, int bytes) {
    AuditorEffect from(String group, long patienceMillis) {
      return new AuditorEffect.FetchEvidence(group, shard, sources, bytes, patienceMillis);
    }
  }

  /// What is to be done next.
  sealed interface Step {
    /// Ask somebody for the list.
    record Ask() implements Step {}

    record Fetch(List<Wanted> shards) implements Step {}

    /// All own shards are here: write the list after them.
    record Keep(Bytes list) implements Step {}

    /// Nothing, for a while.
    record Wait(String reason) implements Step {}
  }

  /// @param sources of the list, and of own shards
  Step next(ShardDuty duty, List<PublicKey> sources) {
    if (list.isEmpty()) {
      return new Step.Ask();
    }
    if (duty.bundle().isPresent()) {
      return exhausted(duty)
          ? new Step.Wait("too few shards are to be had")
          : new Step.Fetch(enough(duty));
    }
    if (here.keySet().containsAll(duty.own())) {
      writing = true;
      return new Step.Keep(list.get().encode());
    }
    if (duty.own().stream().anyMatch(index -> failed.contains(index))) {
      forget();
      list = Optional.empty();
      return new Step.Wait("a shard is nowhere to be had");
    }
    return new Step.Fetch(own(duty, sources));
  }

  Optional<Shards> list() {
    return list;
  }

  /// The root of what is held here, once all own shards are.
  Optional<Hash> held() {
    return holding ? list.map(Shards::root) : Optional.empty();
  }

  /// Of the bundle that is held, once there is one; before, whatever the miner says.
  void told(ShardDuty duty, Bytes payload) throws Malformed {
    Shards told = Reader.decode(payload, Shards::read);
    if (!told.fits(duty.code())) {
      throw new Malformed(
          "%d shards, must be %d".formatted(told.ids().size(), duty.code().total()));
    }
    if (duty.bundle().isPresent() && !duty.bundle().get().equals(told.root())) {
      throw new Malformed("the list is of another bundle than validators hold");
    }
    begin(told);
  }

  private void begin(Shards told) {
    if (!list.equals(Optional.of(told))) {
      forget();
      holding = false;
    }
    list = Optional.of(told);
  }

  /// A list that is of another bundle than is held by now is of no use.
  void finalized(ShardDuty duty) {
    if (duty.bundle().isPresent()
        && list.filter(it -> !duty.bundle().get().equals(it.root())).isPresent()) {
      forget();
      list = Optional.empty();
      holding = false;
    }
  }

  /// The shards themselves are on the shelf.
  private void forget() {
    here.clear();
    fetching.clear();
    failed.clear();
  }

  /// Own shards that are not on their way.
  ///
  /// @param sources of whom the miner is the likeliest
  private List<Wanted> own(ShardDuty duty, List<PublicKey> sources) {
    List<Wanted> wanted = new ArrayList<>();
    for (int number : duty.own()) {
      want(duty, number, sources).ifPresent(wanted::add);
    }
    return wanted;
  }

  private List<Integer> order(ShardDuty duty) {
    List<Integer> order = new ArrayList<>(holding ? duty.own() : List.of());
    duty.holders().keySet().stream().filter(it -> !order.contains(it)).forEach(order::add);
    return order;
  }

  /// Whether all that could be had were asked for, and are too few.
  private boolean exhausted(ShardDuty duty) {
    return fetching.isEmpty()
        && here.size() < duty.code().needed()
        && order(duty).stream().allMatch(it -> failed.contains(it) || here.containsKey(it));
  }

  /// What failed may be there by now.
  void retry() {
    failed.clear();
  }

  /// As many as give the bundle: own ones first, then those of others in turn.
  private List<Wanted> enough(ShardDuty duty) {
    List<Integer> order = order(duty);
    List<Wanted> wanted = new ArrayList<>();
    int missing = duty.code().needed() - here.size() - fetching.size();
    for (int number : order) {
      if (missing > 0 && !failed.contains(number)) {
        PublicKey holder = duty.holders().get(number);
        Optional<Wanted> next = want(duty, number, holder == null ? List.of() : List.of(holder));
        next.ifPresent(wanted::add);
        missing -= next.isPresent() ? 1 : 0;
      }
    }
    return wanted;
  }

  private Optional<Wanted> want(ShardDuty duty, int number, List<PublicKey> sources) {
    Shards known = list.orElseThrow();
    Hash shard = known.ids().get(number);
    if (here.containsKey(number) || fetching.containsKey(shard)) {
      return Optional.empty();
    }
    fetching.put(shard, number);
    return Optional.of(new Wanted(shard, sources, known.shardBytes(duty.code().needed())));
  }

  /// A shard that is not as long as all are is none.
  void fetched(ShardDuty duty, Hash shard, ByteSource bytes) {
    Integer number = fetching.remove(shard);
    if (number != null) {
      if (bytes.length() == list.orElseThrow().shardBytes(duty.code().needed())) {
        here.put(number, bytes);
      } else {
        failed.add(number);
      }
    }
  }

  /// False when nobody waits for it.
  boolean fetchFailed(Hash shard) {
    Integer number = fetching.remove(shard);
    if (number != null) {
      failed.add(number);
    }
    return number != null;
  }

  /// Own shards are still to be brought here, or their list to be written.
  boolean wantsOwn() {
    return !writing && !holding;
  }

  /// @param kept the list is on the shelf too, after the shards
  void written(boolean kept) {
    writing = false;
    if (kept) {
      holding = true;
      forget();
    }
  }

  /// What this validator said that it holds, before it was started anew.
  void found(Bytes kept) {
    try {
      list = Optional.of(Reader.decode(kept, Shards::read));
      holding = true;
    } catch (Malformed e) {
      list = Optional.empty();
    }
  }

  /// Puts the bundle together and checks it, once there are shards enough.
  Optional<Task> rebuild(ShardDuty duty, AuditDuty audit) {
    if (list.isEmpty() || here.size() < duty.code().needed()) {
      return Optional.empty();
    }
    Shards of = list.get();
    SortedMap<Integer, ByteSource> some = new TreeMap<>(here);
    forget();
    return Optional.of(() -> {
      try {
        Bundle bundle =
            Bundle.read(audit.plan(), audit.audit(), audit.claimed(), of.join(duty.code(), some));
        return new Outcome.Rebuilt(audit.id(), bundle.index(), bundle.blobs());
      } catch (Malformed e) {
        return new Outcome.Withheld(audit.id(), e.reason());
      }
    });
  }
}

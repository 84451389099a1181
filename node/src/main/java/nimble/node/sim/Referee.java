package nimble.node.sim;

import com.google.errorprone.annotations.FormatMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import nimble.chain.Block;
import nimble.chain.Header;
import nimble.chain.StageSlot;
import nimble.ledger.StateView;
import nimble.ledger.Supply;
import nimble.node.Node;
import nimble.node.chain.Reporter;
import nimble.sim.Sim;
import nimble.training.role.Progress;
import nimble.types.Address;
import nimble.types.Hash;

/// Watches all nodes at once, and fails the run as soon as one of W3 to W6 does not hold.
final class Referee {
  static final long PROGRESS_MILLIS_MAX = 90_000;

  /// What only a dishonest node gives cause for (W5).
  private static final Set<String> FAULTS =
      new TreeSet<>(
          List.of(
              "proposal_refused",
              "misconduct",
              "vote_refused",
              "bad_votes",
              "peer_malformed",
              "peer_misbehaved",
              "peer_banned",
              "tensor_malformed"));

  /// Told of each height once, when the first node has finalized it.
  interface Audience {
    void finalized(Block block, Node by);
  }

  private record Final(Hash digest, Hash stateRoot, long epoch, long view) {}

  private static final class Watch {
    long height;
    long movedMillis;
  }

  private final Sim sim;
  private final Trace trace;
  private final long supplyCap;
  private final TreeMap<Long, Final> chain = new TreeMap<>();
  private final TreeMap<String, Watch> watches = new TreeMap<>();
  private final List<Audience> audience = new ArrayList<>();
  private Optional<Address> perjurer = Optional.empty();
  private long viewsSkipped;
  private long newestMillis;
  private long gapMillisMax;
  private long heardEarly;
  private long calmSinceMillis = Long.MAX_VALUE;
  private boolean disagreement;

  Referee(Sim sim, Trace trace, long supplyCap) {
    this.sim = sim;
    this.trace = trace;
    this.supplyCap = supplyCap;
  }

  void tell(Audience listener) {
    audience.add(listener);
  }

  Node.Listeners listeners(Member member) {
    return new Node.Listeners(
        (level, event, pairs) -> reported(member, level, event, pairs),
        block -> finalized(member, block),
        (slot, progress) -> progress(member, slot, progress));
  }

  /// A miner refuses its edge.
  void expectDisagreement() {
    disagreement = true;
  }

  long height() {
    return chain.isEmpty() ? 0 : chain.lastKey();
  }

  /// Of the newest final block.
  long epoch() {
    return chain.isEmpty() ? 0 : chain.lastEntry().getValue().epoch();
  }

  long heardEarly() {
    return heardEarly;
  }

  long gapMillisMax() {
    return gapMillisMax;
  }

  long viewsSkipped() {
    return viewsSkipped;
  }

  /// From now on nothing disturbs the network any more.
  void calm() {
    calmSinceMillis = sim.nowMillis();
  }

  /// W3: a disk forgets no final block.
  void started(Member member) {
    Watch watch = watches.computeIfAbsent(member.name(), _ -> new Watch());
    long height = member.node().chain().height();
    check(
        height >= watch.height,
        "%s starts at height %d, it was at %d",
        member.name(),
        height,
        watch.height);
    watch.height = height;
    watch.movedMillis = sim.nowMillis();
  }

  void lost(Member member) {
    watches.remove(member.name());
  }

  /// After every event.
  void checkProgress() {
    for (var entry : watches.entrySet()) {
      long since = Math.max(calmSinceMillis, entry.getValue().movedMillis);
      check(
          since == Long.MAX_VALUE || sim.nowMillis() - since <= PROGRESS_MILLIS_MAX,
          "%s stands at height %d since %d ms",
          entry.getKey(),
          entry.getValue().height,
          since);
    }
  }

  private void finalized(Member member, Block block) {
    long height = block.header().height().value();
    Watch watch = watches.computeIfAbsent(member.name(), _ -> new Watch());
    check(
        height == watch.height + 1,
        "%s finalizes height %d after %d",
        member.name(),
        height,
        watch.height);
    watch.height = height;
    watch.movedMillis = sim.nowMillis();
    Header header = block.header();
    Final here = new Final(block.digest(), header.stateRoot(), header.epoch(), header.view());
    trace.event(member.name(), "final", here.digest().hashCode());
    Final first = chain.putIfAbsent(height, here);
    check(
        first == null || first.equals(here),
        "%s finalizes %s at height %d, others %s",
        member.name(),
        here,
        height,
        first == null ? here : first);
    if (first == null) {
      gapMillisMax = Math.max(gapMillisMax, sim.nowMillis() - newestMillis);
      newestMillis = sim.nowMillis();
      count(here, Optional.ofNullable(chain.get(height - 1)));
      audit(member.node().chain().liveState(), height);
      audience.forEach(it -> it.finalized(block, member.node()));
    }
  }

  /// W12: an epoch follows its predecessor, and views count from 1 in each.
  private void count(Final here, Optional<Final> parent) {
    long epoch = parent.map(Final::epoch).orElse(0L);
    check(here.epoch() == epoch || here.epoch() == epoch + 1, "%s follows epoch %d", here, epoch);
    long view = parent.filter(it -> it.epoch() == here.epoch()).map(Final::view).orElse(0L);
    check(here.view() > view, "%s follows view %d", here, view);
    viewsSkipped += here.view() - view - 1;
  }

  /// W4.
  private void audit(StateView state, long height) {
    Supply supply = Supply.of(state);
    check(supply.total() == supplyCap, "height %d holds %s", height, supply);
  }

  /// Nobody else is ever convicted (W15).
  void expect(Address culprit) {
    perjurer = Optional.of(culprit);
  }

  /// Whether it tells of nobody but the one who does vote twice.
  private boolean isExpected(String event, Object... pairs) {
    return event.equals("misconduct")
        && perjurer.filter(it -> List.of(pairs).contains(List.of(it))).isPresent();
  }

  private void reported(Member member, Reporter.Level level, String event, Object... pairs) {
    trace.event(member.name(), event, level.name().hashCode());
    heardEarly += event.equals("heard_early") ? 1 : 0;
    check(
        !FAULTS.contains(event) || isExpected(event, pairs),
        "%s reports %s %s",
        member.name(),
        event,
        List.of(pairs));
  }

  private void progress(Member member, StageSlot slot, Progress progress) {
    check(
        disagreement || !(progress instanceof Progress.Disagreed),
        "%s in stage %s: %s",
        member.name(),
        slot,
        progress);
  }

  @FormatMethod
  static void check(boolean holds, String format, Object... values) {
    if (!holds) {
      throw new AssertionError(format.formatted(values));
    }
  }
}

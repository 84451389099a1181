package nimble.training.role.serving;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import nimble.chain.StageSlot;
import nimble.training.role.Conduct;
import nimble.training.role.DecodeTensor;
import nimble.training.role.HostEffect;
import nimble.training.role.SendTensor;
import nimble.types.PublicKey;

/// Serves stages of deployed models (R26 to R31). A state machine (R1) like a miner, on the same
/// node or another.
public final class Host {
  /// Makes the heavy side of a seat.
  @FunctionalInterface
  public interface Works {
    HostWork of(HostSeat seat);
  }

  private final PublicKey self;
  private final Works works;
  private final Conduct conduct;
  private final SortedMap<StageSlot, StageHost> stages = new TreeMap<>();
  private final RowShelf shelf = new RowShelf();
  private boolean stopping;

  public Host(PublicKey self, Works works, Conduct conduct) {
    this.self = self;
    this.works = works;
    this.conduct = conduct;
  }

  public List<HostEffect> handle(HostInput input) {
    List<HostEffect> out = new ArrayList<>();
    Deque<HostInput> inputs = new ArrayDeque<>(List.of(input));
    while (!inputs.isEmpty()) {
      step(inputs.removeFirst(), out);
      for (StageHost stage : List.copyOf(stages.values())) {
        stage.effects().forEach(effect -> route(effect, inputs, out));
      }
      stages.values().removeIf(StageHost::closed);
    }
    return out;
  }

  /// Nothing is held or computed any more: after `Stopping`, the owner may end.
  public boolean idle() {
    return stages.isEmpty();
  }

  /// A host with two stages is its own neighbour.
  private void route(HostEffect effect, Deque<HostInput> inputs, List<HostEffect> out) {
    if (effect instanceof SendTensor(var to, DecodeTensor name, var payload)
        && to.equals(self)
        && !name.toGateway()) {
      inputs.addLast(new HostInput.TensorReceived(self, name, payload));
    } else {
      out.add(effect);
    }
  }

  private void step(HostInput input, List<HostEffect> out) {
    switch (input) {
      case HostInput.Finalized finalized -> finalized(finalized, out);
      case HostInput.TensorReceived(var from, var name, var payload) ->
          stages.values().stream()
              .filter(stage -> stage.seat().mayCome(from, name))
              .forEach(stage -> stage.received(name, payload));
      case HostInput.PromiseChecked(var slot, var name, var promise) ->
          at(slot, stage -> stage.promised(name, promise));
      case HostInput.EvidenceAsked(var from, var name) -> {
        if (!conduct.withholdsRows()) {
          shelf.asked(from, name, out);
        }
      }
      case HostInput.EvidenceKept(var slot, var manifest, boolean kept) ->
          at(slot, stage -> stage.kept(manifest, kept));
      case HostInput.EvidenceWritten(var slot, boolean kept) ->
          at(slot, stage -> stage.written(kept));
      case HostInput.EvidenceRead(var group, var contents) -> shelf.read(group, contents, out);
      case HostInput.EvidenceFound(var groups) -> shelf.found(groups);
      case HostInput.Computed(var slot, long task, var outcome) ->
          at(slot, stage -> stage.computed(task, outcome));
      case HostInput.ComputeFailed(var slot, long task, var reason) ->
          at(slot, stage -> stage.failed(task, reason));
      case HostInput.DataFetched(var manifest, var data) ->
          stages.values().forEach(stage -> stage.fetched(manifest, data));
      case HostInput.FetchFailed(var manifest) ->
          stages.values().forEach(stage -> stage.fetchFailed(manifest));
      case HostInput.TimerFired(var slot) -> at(slot, StageHost::retry);
      case HostInput.Stopping() -> {
        stopping = true;
        stages.values().forEach(StageHost::close);
      }
    }
  }

  private void finalized(HostInput.Finalized finalized, List<HostEffect> out) {
    if (stopping) {
      return;
    }
    SequencedSet<StageSlot> held = new LinkedHashSet<>();
    for (HostSeat seat : finalized.seats()) {
      StageHost stage = stages.get(seat.slot());
      if (stage != null && stage.seat().attempt() != seat.attempt()) {
        // Once the old one is closed, the next block finds the new one.
        continue;
      }
      held.add(seat.slot());
      if (stage == null) {
        stages.put(seat.slot(), new StageHost(seat, finalized.now(), works.of(seat)));
      } else {
        stage.finalized(finalized.now(), seat);
      }
    }
    stages.forEach((slot, stage) -> {
      if (!held.contains(slot)) {
        stage.close();
      }
    });
    List<String> used = stages.values().stream().flatMap(stage -> stage.groups().stream()).toList();
    shelf.finalized(finalized, used, out);
  }

  private void at(StageSlot slot, Consumer<StageHost> act) {
    Optional.ofNullable(stages.get(slot)).ifPresent(act);
  }
}

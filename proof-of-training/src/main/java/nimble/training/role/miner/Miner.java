package nimble.training.role.miner;

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
import java.util.function.Predicate;
import nimble.chain.StageSlot;
import nimble.codec.Bytes;
import nimble.training.role.Conduct;
import nimble.training.role.DecodeTensor;
import nimble.training.role.EvidenceName;
import nimble.training.role.MinerEffect;
import nimble.training.role.Outcome;
import nimble.training.role.Progress;
import nimble.training.role.SendTensor;
import nimble.training.role.StepTensor;
import nimble.training.role.TensorName;
import nimble.training.role.evidence.Plan;
import nimble.types.Moment;
import nimble.types.PublicKey;
import org.jspecify.annotations.Nullable;

/// Holds stages of jobs: trains them with its neighbours, commits to every round, serves the model.
/// A state machine (R1): one owner calls [#handle] and does what it returns.
public final class Miner {
  /// Makes the heavy side of a slot, as its miner does it.
  @FunctionalInterface
  public interface Works {
    StageWork of(Plan plan, int stage);
  }

  private final PublicKey self;
  private final Works works;
  private final Conduct conduct;
  private final SortedMap<StageSlot, StageMiner> stages = new TreeMap<>();
  private final SortedMap<StageSlot, Rebuttal> rebuttals = new TreeMap<>();
  private final Archive archive;
  private final Copies copies;
  private final Deliveries deliveries;
  private @Nullable Retained retained;
  private boolean found;
  private boolean stopping;

  public Miner(PublicKey self, Works works) {
    this(self, works, Conduct.HONEST);
  }

  public Miner(PublicKey self, Works works, Conduct conduct) {
    this.self = self;
    this.works = works;
    this.conduct = conduct;
    archive = new Archive(conduct.withholds());
    copies = new Copies(archive);
    deliveries = new Deliveries(archive);
  }

  public List<MinerEffect> handle(MinerInput input) {
    List<MinerEffect> out = new ArrayList<>();
    Deque<MinerInput> inputs = new ArrayDeque<>(List.of(input));
    while (!inputs.isEmpty()) {
      step(inputs.removeFirst(), out);
      for (StageMiner stage : List.copyOf(stages.values())) {
        stage.effects().forEach(effect -> route(effect, inputs, out));
      }
      stages.values().removeIf(StageMiner::closed);
    }
    rebuttals.values().forEach(rebuttal -> out.addAll(rebuttal.effects()));
    rebuttals.values().removeIf(Rebuttal::isOver);
    out.addAll(copies.effects());
    out.addAll(deliveries.effects());
    out.addAll(archive.effects());
    return out;
  }

  /// Nothing is held or computed any more: after `Stopping`, the owner may end.
  public boolean idle() {
    return stages.isEmpty() && rebuttals.isEmpty();
  }

  /// A miner with two stages is its own neighbour.
  private void route(MinerEffect effect, Deque<MinerInput> inputs, List<MinerEffect> out) {
    if (effect instanceof SendTensor(var to, var name, var payload)
        && to.equals(self)
        && !isForAnotherRole(name)) {
      inputs.addLast(new MinerInput.TensorReceived(self, name, payload));
    } else {
      out.add(effect);
    }
  }

  private void step(MinerInput input, List<MinerEffect> out) {
    switch (input) {
      case MinerInput.Finalized(Moment now, var seats, var newest) -> {
        if (retained == null) {
          out.add(new MinerEffect.FindEvidence());
        }
        retained = newest;
        if (found) {
          finalized(now, seats, newest);
        }
      }
      case MinerInput.EvidenceFound(var groups) -> found(groups);
      case MinerInput.EvidenceKept(boolean kept) -> archive.answered(kept);
      case MinerInput.EvidenceFetched(var group, var manifest, var data) -> {
        copies.fetched(group, data);
        deliveries.fetched(manifest, data);
        stages.values().forEach(stage -> stage.evidenceFetched(manifest, data));
        rebuttals.values().forEach(rebuttal -> rebuttal.fetched(manifest, data));
      }
      case MinerInput.EvidenceFailed(var group, var manifest, var _) -> {
        copies.failed(group);
        deliveries.failed(manifest);
        stages.values().forEach(stage -> stage.fetchFailed(manifest));
        rebuttals.values().forEach(Rebuttal::fetchFailed);
      }
      case MinerInput.TensorReceived(var from, var name, var payload) ->
          received(from, name, payload, out);
      case MinerInput.PeerConnected(var peer) ->
          stages.values().forEach(stage -> stage.connected(peer));
      case MinerInput.Computed(_, _, Outcome.StateChecked(var group, boolean right)) ->
          copies.checked(group, right);
      case MinerInput.Computed(_, _, Outcome.Cut cut) -> deliveries.cut(cut);
      case MinerInput.Computed(var slot, long task, var outcome) -> {
        if (!isRebuttal(slot, rebuttal -> rebuttal.computed(task, outcome))) {
          at(slot, stage -> stage.computed(task, outcome));
        }
      }
      case MinerInput.ComputeFailed(var slot, long task, var reason) -> {
        if (!isRebuttal(slot, rebuttal -> rebuttal.failed(task, reason))) {
          at(slot, stage -> stage.failed(task, reason));
        }
      }
      case MinerInput.DataFetched(var manifest, var data) -> {
        stages.values().forEach(stage -> stage.fetched(manifest, data));
        rebuttals.values().forEach(rebuttal -> rebuttal.fetched(manifest, data));
      }
      case MinerInput.FetchFailed(var manifest, _) -> {
        stages.values().forEach(stage -> stage.fetchFailed(manifest));
        rebuttals.values().forEach(Rebuttal::fetchFailed);
      }
      case MinerInput.TimerFired(var slot) -> {
        at(slot, StageMiner::retry);
        Optional.ofNullable(rebuttals.get(slot)).ifPresent(Rebuttal::retry);
      }
      case MinerInput.Stopping() -> {
        stopping = true;
        stages.values().forEach(StageMiner::close);
        rebuttals.values().forEach(Rebuttal::withdrawn);
      }
    }
  }

  /// What an earlier process left is known before any stage begins.
  private void found(SortedMap<String, Optional<Bytes>> groups) {
    SortedMap<ShelfGroup, Optional<Bytes>> ours = new TreeMap<>();
    groups.forEach(
        (name, document) -> ShelfGroup.of(name).ifPresent(group -> ours.put(group, document)));
    archive.found(ours);
    found = true;
  }

  private void finalized(Moment now, List<Seat> seats, Retained newest) {
    archive.blockPassed(group -> needed(group, seats, newest));
    copies.finalized(now, stopping ? List.of() : newest.copies());
    deliveries.finalized(stopping ? List.of() : newest.challenged());
    SequencedSet<StageSlot> held = new LinkedHashSet<>();
    for (Seat seat : seats) {
      if (seat.phase() == Seat.Phase.ENDED || stopping) {
        continue;
      }
      held.add(seat.slot());
      StageMiner stage = stages.get(seat.slot());
      if (stage == null) {
        StageWork work = works.of(seat.plan(), seat.stage());
        stages.put(seat.slot(), new StageMiner(seat, now, work, archive, conduct));
      } else {
        stage.finalized(now, seat);
      }
    }
    stages.forEach((slot, stage) -> {
      if (!held.contains(slot)) {
        stage.close();
      }
    });
    answer(now, stopping ? List.of() : newest.accusations());
  }

  /// R23: whoever holds those stages by now.
  private void answer(Moment now, List<Accusations> newest) {
    SequencedSet<StageSlot> accused = new LinkedHashSet<>();
    for (Accusations of : newest) {
      accused.add(of.slot());
      Rebuttal rebuttal = rebuttals.get(of.slot());
      if (rebuttal == null) {
        StageWork work = works.of(of.plan(), of.slot().stage());
        rebuttals.put(of.slot(), new Rebuttal(of, now, work, archive, conduct.concedes()));
      } else {
        rebuttal.finalized(now, of);
      }
    }
    rebuttals.forEach((slot, rebuttal) -> {
      if (!accused.contains(slot)) {
        rebuttal.withdrawn();
      }
    });
  }

  private boolean isRebuttal(StageSlot slot, Predicate<Rebuttal> takes) {
    return Optional.ofNullable(rebuttals.get(slot)).filter(takes).isPresent();
  }

  private void received(PublicKey from, TensorName name, Bytes payload, List<MinerEffect> out) {
    switch (name) {
      case StepTensor tensor -> {
        List<StageMiner> ours = stages(stage -> Addressing.sameJob(tensor, stage.seat()));
        List<StageMiner> meant =
            ours.stream().filter(stage -> Addressing.isFor(tensor, stage.seat())).toList();
        if (meant.isEmpty()) {
          ours.forEach(stage -> drop(stage, from, "%s is not for us".formatted(tensor), out));
        }
        for (StageMiner stage : meant) {
          Addressing.problem(from, tensor, payload, stage.seat())
              .ifPresentOrElse(
                  problem -> drop(stage, from, problem, out),
                  () -> stage.received(tensor, payload));
        }
      }
      case DecodeTensor tensor ->
          stages(stage -> Addressing.maySend(from, tensor, stage.seat()))
              .forEach(stage -> stage.received(tensor, payload));
      case EvidenceName asked -> answer(from, asked, out);
    }
  }

  /// R18: a round's evidence until it is settled, and as long as it may yet count; a state as long
  /// as a round that began with it, or later, is unsettled, or the job may go back to it.
  private static boolean needed(ShelfGroup group, List<Seat> seats, Retained retained) {
    return seats.stream().anyMatch(seat -> seat.needs(group))
        || retained.copies().stream().anyMatch(duty -> ShelfGroup.copy(duty).equals(group))
        || retained.challenged().stream().anyMatch(order -> order.group().equals(group))
        || retained.unsettled().stream()
            .anyMatch(round ->
                switch (group.kind()) {
                  case ROUND ->
                      group.equals(ShelfGroup.round(round.slot(), round.attempt(), round.round()));
                  case STATE -> group.slot().equals(round.slot()) && group.round() >= round.round();
                  case COPY, SHARDS -> false;
                });
  }

  private void answer(PublicKey from, EvidenceName asked, List<MinerEffect> out) {
    Retained present = retained;
    if (!asked.isAnswer() && present != null && present.validators().contains(from)) {
      archive.answer(from, asked).ifPresent(out::add);
    }
  }

  private List<StageMiner> stages(Predicate<StageMiner> filter) {
    return stages.values().stream().filter(filter).toList();
  }

  private static void drop(
      StageMiner stage, PublicKey from, String problem, List<MinerEffect> out) {
    out.add(new MinerEffect.Report(stage.seat().slot(), new Progress.Dropped(from, problem)));
  }

  private void at(StageSlot slot, Consumer<StageMiner> act) {
    Optional.ofNullable(stages.get(slot)).ifPresent(act);
  }

  /// The gateway or the auditor of this node.
  private static boolean isForAnotherRole(TensorName name) {
    return switch (name) {
      case StepTensor _ -> false;
      case DecodeTensor tensor -> tensor.toGateway();
      case EvidenceName evidence -> evidence.isAnswer();
    };
  }
}

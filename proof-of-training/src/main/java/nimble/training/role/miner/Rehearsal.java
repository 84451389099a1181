package nimble.training.role.miner;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntFunction;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.training.ClosedStage;
import nimble.training.Losses;
import nimble.training.RoundRoots;
import nimble.training.role.Outcome;
import nimble.training.role.evidence.Norms;
import nimble.training.role.evidence.Plan;
import nimble.training.role.evidence.RecordedStage;
import nimble.training.role.evidence.RoundResult;
import nimble.training.role.evidence.StateBlob;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.vm.Machine;
import nimble.vm.audit.Tolerance;

/// A job without a network: all stages in one loop, each by the [MachineWork] of a miner, with all
/// that they keep and commit to. For measuring and for tests.
public final class Rehearsal implements AutoCloseable {
  private static final Address MINER = new Address(Hash.ZERO.bytes().slice(0, Address.SIZE));

  private final Plan plan;
  private final List<MachineWork> works = new ArrayList<>();
  private final List<TreeMap<Hash, Bytes>> kept = new ArrayList<>();
  private final List<Hash> classes = new ArrayList<>();
  private List<Optional<StateBlob>> starts = new ArrayList<>();
  private int next;

  /// @param text the data set
  /// @param machines of each stage; its caller's
  public Rehearsal(Plan plan, Bytes text, IntFunction<Machine> machines, Tolerance tolerance) {
    this(plan, text, machines, tolerance, new TreeMap<>());
  }

  /// @param base its blobs, by id
  public Rehearsal(
      Plan plan,
      Bytes text,
      IntFunction<Machine> machines,
      Tolerance tolerance,
      SortedMap<Hash, Bytes> base) {
    this.plan = plan;
    for (int stage = 0; stage < plan.depth(); stage++) {
      MachineWork work = new MachineWork(machines.apply(stage), plan, stage, tolerance);
      classes.add(work.probe().numericClass());
      gather(work, base);
      work.start(text);
      works.add(work);
      kept.add(new TreeMap<>());
      starts.add(Optional.empty());
    }
  }

  private static void gather(MachineWork work, SortedMap<Hash, Bytes> base) {
    try {
      work.base().gather(part -> Objects.requireNonNull(base.get(part)));
    } catch (Malformed e) {
      throw new IllegalArgumentException("no base of this model: " + e.reason(), e);
    }
  }

  /// Of each stage, as its machine showed it.
  public List<Hash> classes() {
    return List.copyOf(classes);
  }

  /// Begins where another job stopped.
  ///
  /// @param states of the stages in order, or none
  public void goOnFrom(List<StateBlob> states) {
    for (int stage = 0; stage < states.size(); stage++) {
      StateBlob state = states.get(stage);
      works.get(stage).load(next, state.root(), state.blob().whole());
      starts.set(stage, Optional.of(state));
    }
  }

  /// The next round, of all stages.
  public List<RecordedStage> round() {
    int round = next++;
    int steps = plan.rounds().stepsOf(round) + plan.rounds().validationBatches(round);
    for (int step = 0; step < steps; step++) {
      step(round, step);
    }
    List<RecordedStage> stages = new ArrayList<>();
    List<Optional<StateBlob>> ends = new ArrayList<>();
    for (int stage = 0; stage < works.size(); stage++) {
      writeUp(stage);
      Outcome.Rounded rounded = works.get(stage).endRound(round, round + 1);
      stages.add(recorded(stage, round, rounded));
      ends.add(Optional.of(rounded.state()));
      kept.set(stage, new TreeMap<>());
    }
    starts = ends;
    return stages;
  }

  private RecordedStage recorded(int stage, int round, Outcome.Rounded rounded) {
    RoundResult result = rounded.roots();
    RoundRoots roots =
        new RoundRoots(
            result.stateAfter(),
            result.steps(),
            result.left(),
            result.right(),
            new Losses(result.lossBits(), result.validationLossBits()));
    Optional<StateBlob> start = starts.get(stage);
    SortedMap<Hash, Bytes> blobs = kept.get(stage);
    start.ifPresent(state -> blobs.put(state.blob().id(), state.blob().whole()));
    ClosedStage closed =
        new ClosedStage(
            MINER, classes.get(stage), 0, roots, start.map(StateBlob::root), 1, 1, true);
    return new RecordedStage(stage, round, rounded.index(), closed, blobs);
  }

  private void step(int round, int step) {
    int last = works.size() - 1;
    for (int i = 0; i < plan.microBatches(); i++) {
      Bytes x = Bytes.EMPTY;
      for (int stage = 0; stage < last; stage++) {
        Outcome.Forwarded forwarded = works.get(stage).forward(round, step, i, x);
        x = forwarded.output();
      }
      Outcome.Backed backed = works.get(last).train(round, step, i, x);
      for (int stage = last - 1; stage >= 0 && plan.trains(round, step); stage--) {
        backed = works.get(stage).backward(i, backed.inputGradient());
      }
    }
    if (plan.trains(round, step)) {
      Norms norms = new Norms(works.stream().map(work -> work.sum().normBits()).toList());
      for (int stage = 0; stage <= last; stage++) {
        works.get(stage).update(round, step, norms);
      }
    }
  }

  private void writeUp(int stage) {
    Outcome.WrittenUp written;
    do {
      written = works.get(stage).writeUp();
      written.blobs().forEach(blob -> kept.get(stage).put(blob.id(), blob.whole()));
    } while (!written.all());
  }

  @Override
  public void close() {
    works.forEach(MachineWork::close);
  }
}

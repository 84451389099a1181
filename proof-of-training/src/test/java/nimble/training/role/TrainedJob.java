package nimble.training.role;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntFunction;
import nimble.codec.Bytes;
import nimble.training.ClosedStage;
import nimble.training.Losses;
import nimble.training.RoundRoots;
import nimble.training.role.evidence.Plan;
import nimble.training.role.evidence.RecordedStage;
import nimble.training.role.evidence.RoundIndex;
import nimble.training.role.evidence.StateBlob;
import nimble.training.role.miner.Rehearsal;
import nimble.types.Hash;
import nimble.vm.Machine;

/// Rounds of a [Rehearsal] on the tiny model, as the chain of the tests has them.
public final class TrainedJob {
  /// A round of one stage.
  public record Round(RoundIndex index, ClosedStage closed) {}

  public final List<List<Round>> rounds = new ArrayList<>();
  public final SortedMap<Hash, Bytes> blobs = new TreeMap<>();

  private TrainedJob() {}

  /// The first `count` rounds.
  public static TrainedJob run(Plan plan, int count, IntFunction<Machine> machines) {
    return run(plan, count, machines, List.of());
  }

  /// @param begins the stages' states to go on from, or none
  public static TrainedJob run(
      Plan plan, int count, IntFunction<Machine> machines, List<StateBlob> begins) {
    TrainedJob job = new TrainedJob();
    try (Rehearsal rehearsal =
        new Rehearsal(plan, Tiny.TEXT, machines, Tiny.TOLERANCE, TinyBase.BLOBS)) {
      rehearsal.goOnFrom(begins);
      for (int round = 0; round < count; round++) {
        List<RecordedStage> stages = rehearsal.round();
        stages.forEach(stage -> job.blobs.putAll(stage.blobs()));
        job.rounds.add(stages.stream().map(TrainedJob::round).toList());
      }
    }
    return job;
  }

  private static Round round(RecordedStage stage) {
    ClosedStage closed = stage.closed();
    return new Round(stage.index(), Audits.closed(closed.roots(), closed.stateRootBefore()));
  }

  /// The same, but for a mean loss of `round` that its last stage made up.
  public TrainedJob withOtherMean(int round) {
    TrainedJob other = new TrainedJob();
    other.blobs.putAll(blobs);
    other.rounds.addAll(rounds);
    List<Round> stages = new ArrayList<>(rounds.get(round));
    Round last = stages.removeLast();
    RoundRoots roots = last.closed().roots();
    Losses forged = new Losses(OptionalInt.of(0), roots.losses().validation());
    stages.add(
        new Round(
            last.index(),
            Audits.closed(
                new RoundRoots(
                    roots.stateRootAfter(),
                    roots.stepsRoot(),
                    roots.leftRoot(),
                    roots.rightRoot(),
                    forged),
                last.closed().stateRootBefore())));
    other.rounds.set(round, stages);
    return other;
  }

  public Bytes blob(Hash manifest) {
    return Optional.ofNullable(blobs.get(manifest)).orElseThrow();
  }
}

package nimble.node.api;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import nimble.api.v1.CheckpointRequest;
import nimble.api.v1.CheckpointView;
import nimble.api.v1.Checkpoints;
import nimble.ledger.StateView;
import nimble.node.work.Pins;
import nimble.training.Job;
import nimble.training.JobState;
import nimble.training.ResumePoint;
import nimble.training.ResumePoints;
import nimble.training.Starts;
import nimble.types.Hash;

/// Checkpoints of whole jobs: which there are, and which this node keeps.
final class CheckpointDesk {
  private final Pins pins;

  CheckpointDesk(Pins pins) {
    this.pins = pins;
  }

  Checkpoints list(StateView state, Job job) {
    SortedMap<Integer, CheckpointView> all = new TreeMap<>();
    List<Pins.Pin> kept = attempt(() -> pins.of(job.id()));
    kept.forEach(pin -> all.put(pin.round(), view(state, job, pin, true)));
    Pins.known(state, job)
        .forEach(pin -> all.put(pin.round(), view(state, job, pin, kept.contains(pin))));
    return Checkpoints.newBuilder().addAllCheckpoints(all.values()).build();
  }

  CheckpointView pin(StateView state, Job job, CheckpointRequest request) {
    Predicate<Pins.Pin> asked = pin -> !request.hasRound() || pin.round() == request.getRound();
    Optional<Pins.Pin> found =
        Pins.known(state, job).stream().filter(asked).max(Comparator.comparingInt(Pins.Pin::round));
    Pins.Pin pin =
        found.orElseThrow(() ->
            Refused.absent(
                request.hasRound()
                    ? "the chain knows no checkpoint of job %s after round %d"
                        .formatted(job.id(), request.getRound())
                    : "the chain knows no checkpoint of job %s yet".formatted(job.id())));
    attempt(() -> {
      pins.pin(state, pin);
      return pin;
    });
    return view(state, job, pin, true);
  }

  CheckpointView unpin(StateView state, Job job, CheckpointRequest request) {
    List<Pins.Pin> kept = attempt(() -> pins.of(job.id()));
    Pins.Pin pin =
        kept.stream()
            .filter(it -> !request.hasRound() || it.round() == request.getRound())
            .max(Comparator.comparingInt(Pins.Pin::round))
            .orElseThrow(() ->
                Refused.absent("this node keeps no such checkpoint of job %s".formatted(job.id())));
    attempt(() -> pins.unpin(job.id(), pin.round()));
    return view(state, job, pin, false);
  }

  private static CheckpointView view(StateView state, Job job, Pins.Pin pin, boolean pinned) {
    boolean last = job.state() == JobState.COMPLETED && job.rounds().isLast(pin.round());
    boolean held =
        ResumePoints.at(state, job.id(), pin.round()).map(ResumePoint::isReached).orElse(false);
    return CheckpointView.newBuilder()
        .setJob(job.id().value())
        .setRound(pin.round())
        .setSteps(job.rounds().endStep(pin.round()))
        .setLast(last)
        .setHeld(held || last)
        .setSettled(Starts.of(state, job).stream().anyMatch(point -> point.round() == pin.round()))
        .setPinned(pinned)
        .addAllStages(pin.stages().stream().map(Hash::toString).toList())
        .build();
  }

  private interface Attempt<T> {
    T run() throws Pins.Failed;
  }

  private static <T> T attempt(Attempt<T> attempt) {
    try {
      return attempt.run();
    } catch (Pins.Failed e) {
      throw Refused.unavailable(String.valueOf(e.getMessage()));
    }
  }
}

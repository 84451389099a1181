package nimble.node.api;

import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.api.v1.CheckpointRequest;
import nimble.api.v1.CheckpointView;
import nimble.api.v1.Checkpoints;
import nimble.ledger.StateView;
import nimble.node.chain.FinalizedState;
import nimble.node.work.Pins;
import nimble.training.Job;
import nimble.training.JobState;
import nimble.training.ResumePoint;
import nimble.training.ResumePoints;
import nimble.training.Starts;
import nimble.types.Hash;
import nimble.types.JobId;

/// Checkpoints of whole jobs: which there are, and which this node keeps.
final class CheckpointDesk {
  private final FinalizedState finalized;
  private final Pins pins;

  CheckpointDesk(FinalizedState finalized, Pins pins) {
    this.finalized = finalized;
    this.pins = pins;
  }

  Checkpoints list(JobId id) {
    List<Pins.Pin> kept = attempt(() -> pins.of(id));
    return finalized.read(state -> list(state, JobApi.load(state, id.value()), kept));
  }

  private static Checkpoints list(StateView state, Job job, List<Pins.Pin> kept) {
    SortedMap<Integer, CheckpointView> all = new TreeMap<>();
    kept.forEach(pin -> all.put(pin.round(), view(state, job, pin, true)));
    Pins.known(state, job)
        .forEach(pin -> all.put(pin.round(), view(state, job, pin, kept.contains(pin))));
    return Checkpoints.newBuilder().addAllCheckpoints(all.values()).build();
  }

  CheckpointView pin(CheckpointRequest request) {
    JobId id = Refused.job(request.getJob());
    Pins.Pin pin = finalized.read(state -> known(state, JobApi.load(state, id.value()), request));
    attempt(() -> {
      pins.pin(finalized, pin);
      return pin;
    });
    return finalized.read(state -> view(state, JobApi.load(state, id.value()), pin, true));
  }

  private static Pins.Pin known(StateView state, Job job, CheckpointRequest request) {
    return Pins.known(state, job).stream()
        .filter(pin -> isAsked(pin, request))
        .max(Comparator.comparingInt(Pins.Pin::round))
        .orElseThrow(() ->
            Refused.absent(
                request.hasRound()
                    ? "the chain knows no checkpoint of job %s after round %d"
                        .formatted(job.id(), request.getRound())
                    : "the chain knows no checkpoint of job %s yet".formatted(job.id())));
  }

  CheckpointView unpin(CheckpointRequest request) {
    JobId id = Refused.job(request.getJob());
    finalized.read(state -> JobApi.load(state, id.value()));
    Pins.Pin pin =
        attempt(() -> pins.of(id)).stream()
            .filter(it -> isAsked(it, request))
            .max(Comparator.comparingInt(Pins.Pin::round))
            .orElseThrow(
                () -> Refused.absent("this node keeps no such checkpoint of job %s".formatted(id)));
    attempt(() -> pins.unpin(id, pin.round()));
    return finalized.read(state -> view(state, JobApi.load(state, id.value()), pin, false));
  }

  private static boolean isAsked(Pins.Pin pin, CheckpointRequest request) {
    return !request.hasRound() || pin.round() == request.getRound();
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

package nimble.training;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeMap;
import nimble.types.Address;
import nimble.types.Hash;
import org.jspecify.annotations.Nullable;

/// A job as its events tell it, by a dumb fold: events must tell everything (J11).
final class Replay {
  private JobState state = JobState.MATCHED;
  private JobState ending = JobState.MATCHED;
  private boolean cancelled;
  private int round;
  private int attempt;
  private int failures;
  private int settled;
  private int matched;
  private Earned former = Earned.NOTHING;
  private OptionalInt firstLoss = OptionalInt.empty();
  private OptionalInt validation = OptionalInt.empty();
  private final TreeMap<Integer, Address> miners = new TreeMap<>();
  private final TreeMap<Integer, Integer> strikes = new TreeMap<>();
  private final TreeMap<Integer, Integer> checkpoints = new TreeMap<>();
  private final TreeMap<Integer, Hash> classes = new TreeMap<>();
  private final TreeMap<Integer, Earned> earned = new TreeMap<>();

  static Replay of(List<JobEntry> entries) {
    Replay replay = new Replay();
    entries.forEach(entry -> replay.apply(entry.event()));
    return replay;
  }

  private void apply(JobEvent event) {
    switch (event) {
      case JobEvent.Submitted _, JobEvent.ToppedUp _, JobEvent.Accepted _ -> {}
      case JobEvent.Matched e -> {
        matched++;
        state = JobState.MATCHED;
        earned.computeIfPresent(e.stage(), (stage, done) -> gone(done));
        miners.put(e.stage(), e.miner());
        strikes.put(e.stage(), 0);
        classes.remove(e.stage());
        earned.put(e.stage(), Earned.NOTHING);
      }
      case JobEvent.ClassOpened e -> classes.put(e.stage(), e.numericClass());
      case JobEvent.Started _, JobEvent.Resumed _ -> state = JobState.RUNNING;
      case JobEvent.RoundCommitted e -> {
        round++;
        attempt = 0;
        firstLoss = firstLoss.isPresent() ? firstLoss : e.losses().training();
        validation = e.losses().validation().isPresent() ? e.losses().validation() : validation;
      }
      case JobEvent.RoundFailed _ -> {
        attempt++;
        failures++;
      }
      case JobEvent.RollCalled _ -> state = JobState.MATCHED;
      case JobEvent.Struck e -> strikes.merge(e.stage(), 1, Integer::sum);
      case JobEvent.Paused _ -> state = JobState.PAUSED;
      case JobEvent.CheckpointRecorded e -> checkpoints.put(e.stage(), e.round());
      case JobEvent.RoundSettled _ -> settled++;
      case JobEvent.Paid e -> {
        Earned more = new Earned(1, e.operations(), e.net(), e.fee());
        if (e.miner().equals(miners.get(e.stage()))) {
          earned.merge(e.stage(), more, Earned::add);
        } else {
          former = former.add(more);
        }
      }
      case AuditEvent.WentBack e -> wentBack(e.round());
      case AuditEvent _ -> {}
      case JobEvent.CancelAsked _ -> cancelled = true;
      case JobEvent.Settling e -> {
        state = JobState.SETTLING;
        ending = e.ending();
      }
      case JobEvent.Ended e -> state = e.state();
    }
  }

  private Earned gone(Earned done) {
    former = former.add(done);
    return Earned.NOTHING;
  }

  private void wentBack(int start) {
    state = state == JobState.SETTLING ? JobState.RUNNING : state;
    round = start;
    attempt = 0;
    failures++;
    if (start == 0) {
      firstLoss = OptionalInt.empty();
    }
    for (int stage : miners.keySet()) {
      checkpoints.put(stage, start - 1);
    }
  }

  /// What this tells differently from `job`, in words.
  List<String> differences(Job job) {
    List<String> found = new ArrayList<>();
    JobProgress progress = job.progress();
    differ(found, "state", state, job.state());
    differ(found, "round", round, progress.round());
    differ(found, "attempt", attempt, progress.attempt());
    differ(found, "failures", failures, progress.failures());
    differ(found, "settled", settled, progress.settled());
    differ(found, "cancelled", cancelled, progress.cancelled());
    differ(found, "rematches", matched - job.stages().size(), progress.rematches());
    differ(found, "former", former, job.former());
    differ(found, "first loss", firstLoss, progress.firstLoss());
    differ(found, "validation", validation, progress.newest().validation());
    job.status().ending().ifPresent(end -> differ(found, "ending", ending, end));
    for (int i = 0; i < job.stages().size(); i++) {
      HeldStage stage = job.stages().get(i);
      differ(found, "miner", miners.get(i), stage.miner());
      differ(found, "earned", earned.get(i), stage.earned());
      stage.numericClass().ifPresent(digest -> found.addAll(sameClass(stage, digest)));
      if (stage.numericClass().isPresent()) {
        differ(found, "strikes", strikes.get(i), stage.strikes());
      }
      int newest = stage.checkpoint().map(Checkpoint::round).orElse(-1);
      differ(found, "checkpoint", checkpoints.getOrDefault(i, -1), newest);
    }
    return found;
  }

  private List<String> sameClass(HeldStage stage, Hash digest) {
    return classes.containsValue(digest) ? List.of() : List.of("class of " + stage.miner());
  }

  private static void differ(List<String> found, String what, @Nullable Object told, Object is) {
    if (!is.equals(told)) {
      found.add("%s: told %s, is %s".formatted(what, told, is));
    }
  }
}

package nimble.node.work;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import nimble.ledger.Miner;
import nimble.ledger.Miners;
import nimble.ledger.StateView;
import nimble.training.Checkpoint;
import nimble.training.HeldStage;
import nimble.training.Job;
import nimble.training.JobSpec;
import nimble.training.Jobs;
import nimble.training.role.Plan;
import nimble.training.role.Seat;
import nimble.types.Address;
import nimble.types.Hash;
import nimble.types.JobId;
import nimble.types.PublicKey;

/// The slots of one hot key, read from finalized state (W2): those it holds, and those it trained
/// and serves.
public final class Seats {
  /// Trained jobs that a miner goes on serving.
  static final int SERVED_MAX = 8;

  private final StateView state;
  private final PublicKey hotKey;
  private final TreeSet<JobId> jobs = new TreeSet<>();
  private final TreeMap<JobId, Plan> plans = new TreeMap<>();
  private boolean searched;

  public Seats(StateView state, PublicKey hotKey) {
    this.state = state;
    this.hotKey = hotKey;
  }

  /// In the state after the newest finalized block.
  public List<Seat> now() {
    Optional<Address> miner = Miners.byHotKey(state, hotKey);
    if (miner.isEmpty()) {
      return List.of();
    }
    search(miner.get());
    Jobs.heldBy(state, miner.get()).ifPresent(jobs::add);
    List<Seat> seats = new ArrayList<>();
    for (JobId id : List.copyOf(jobs)) {
      seat(id, miner.get()).ifPresentOrElse(seats::add, () -> forget(id));
    }
    while (jobs.size() > SERVED_MAX) {
      forget(jobs.first());
    }
    return seats;
  }

  /// After a start: the newest jobs that this miner had a stage in, to serve them.
  private void search(Address miner) {
    if (searched) {
      return;
    }
    searched = true;
    long count = Jobs.count(state);
    for (long number = count; number > 0 && number > count - 256; number--) {
      JobId id = new JobId(number);
      if (jobs.size() < SERVED_MAX
          && Jobs.load(state, id).filter(job -> job.stageOf(miner).isPresent()).isPresent()) {
        jobs.add(id);
      }
    }
  }

  private void forget(JobId id) {
    jobs.remove(id);
    plans.remove(id);
  }

  private Optional<Seat> seat(JobId id, Address miner) {
    Optional<Job> found = Jobs.load(state, id);
    if (found.isEmpty() || found.get().stageOf(miner).isEmpty()) {
      return Optional.empty();
    }
    Job job = found.get();
    int stage = job.stageOf(miner).getAsInt();
    HeldStage held = job.stages().get(stage);
    Plan plan = plans.computeIfAbsent(id, it -> plan(job));
    return Optional.of(
        new Seat(
            job.slot(stage),
            phase(job),
            plan,
            miner,
            holders(state, job),
            held.hasAccepted(),
            job.allAccepted(),
            held.numericClass().isPresent(),
            job.progress().failures(),
            job.progress().round(),
            held.committed().isPresent(),
            lastCheckpoint(job, held)));
  }

  /// Hot keys of the stages' holders, in order.
  public static List<PublicKey> holders(StateView state, Job job) {
    List<PublicKey> keys = new ArrayList<>();
    for (int i = 0; i < job.stages().size(); i++) {
      Miner holder = Jobs.holder(state, job, i);
      keys.add(holder.hotKey());
    }
    return keys;
  }

  private Plan plan(Job job) {
    JobSpec spec =
        Jobs.spec(state, job.id())
            .orElseThrow(() -> new IllegalStateException("job %s has no spec".formatted(job.id())));
    return new Plan(
        spec.stageSpecs(),
        spec.training(),
        job.rounds(),
        spec.data().manifest(),
        spec.data().trainBytes(),
        job.order().beacon());
  }

  private static Optional<Hash> lastCheckpoint(Job job, HeldStage held) {
    return held.checkpoint()
        .filter(checkpoint -> job.rounds().isLast(checkpoint.round()))
        .map(Checkpoint::manifest);
  }

  private static Seat.Phase phase(Job job) {
    boolean trained = job.progress().round() == job.rounds().count();
    return switch (job.state()) {
      case MATCHED -> Seat.Phase.MATCHED;
      case RUNNING, PAUSED -> Seat.Phase.RUNNING;
      case SETTLING -> trained ? Seat.Phase.TRAINED : Seat.Phase.ENDED;
      case COMPLETED -> Seat.Phase.TRAINED;
      case CANCELLED, FAILED, EXPIRED -> Seat.Phase.ENDED;
    };
  }
}

package nimble.training.role.miner;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nimble.blob.ReedSolomon;
import nimble.chain.AuditId;
import nimble.chain.StageSlot;
import nimble.ledger.Miners;
import nimble.ledger.Registration;
import nimble.ledger.StateView;
import nimble.ledger.Validators;
import nimble.training.Audit;
import nimble.training.ClosedRound;
import nimble.training.ClosedStage;
import nimble.training.Custody;
import nimble.training.HeldStage;
import nimble.training.Job;
import nimble.training.JobState;
import nimble.training.Jobs;
import nimble.training.ResumePoint;
import nimble.training.ResumePoints;
import nimble.training.role.KeepDuty;
import nimble.training.role.evidence.Plan;
import nimble.training.role.serving.GatewayInput;
import nimble.training.spec.JobSpec;
import nimble.types.Address;
import nimble.types.JobId;
import nimble.types.PublicKey;
import nimble.vm.ModelSpec;

/// Reads from finalized state what a hot key holds. Remembers jobs that ended well, to serve them:
/// the newest [#SERVED_MAX]. One owner.
public final class Seats {
  public static final int SERVED_MAX = 2;

  /// How far back models to serve are looked for when a node starts.
  private static final long LOOK_BACK_JOBS = 64;

  private final PublicKey hotKey;
  private final SortedMap<JobId, Plan> plans = new TreeMap<>();
  private boolean lookedBack;

  public Seats(PublicKey hotKey) {
    this.hotKey = hotKey;
  }

  /// What `Finalized` takes.
  ///
  /// @param state after the newest finalized block
  public List<Seat> in(StateView state) {
    Optional<Address> miner = Miners.byHotKey(state, hotKey);
    if (miner.isEmpty()) {
      return List.of();
    }
    if (!lookedBack) {
      lookBack(state, miner.get());
    }
    Jobs.heldBy(state, miner.get()).ifPresent(id -> remember(state, id));
    List<Seat> seats = new ArrayList<>();
    List<JobId> newestFirst = new ArrayList<>(plans.sequencedKeySet().reversed());
    for (JobId id : newestFirst) {
      Optional<Seat> seat = seat(state, id, miner.get());
      if (seat.isPresent() && seats.size() <= SERVED_MAX) {
        seats.add(seat.get());
      } else {
        plans.remove(id);
      }
    }
    return seats;
  }

  /// The model that a completed job made; empty while there is none.
  public static Optional<GatewayInput.Served> served(StateView state, JobId id) {
    Optional<JobSpec> spec = Jobs.spec(state, id);
    return Jobs.load(state, id)
        .filter(job -> phase(job) == Seat.Phase.TRAINED && spec.isPresent())
        .map(job -> {
          ModelSpec model = spec.orElseThrow().model();
          return GatewayInput.Served.trained(
              id, Jobs.holders(state, job), model.context(), model.head().outWidth());
        });
  }

  private void lookBack(StateView state, Address miner) {
    lookedBack = true;
    long newest = Jobs.count(state);
    for (long id = Math.max(1, newest - LOOK_BACK_JOBS + 1); id <= newest; id++) {
      JobId job = new JobId(id);
      if (Jobs.load(state, job).filter(j -> j.stageOf(miner).isPresent()).isPresent()) {
        remember(state, job);
      }
    }
  }

  private void remember(StateView state, JobId id) {
    if (!plans.containsKey(id)) {
      Job job = Jobs.load(state, id).orElseThrow();
      plans.put(id, Plan.of(job, Jobs.spec(state, id).orElseThrow()));
    }
  }

  private Optional<Seat> seat(StateView state, JobId id, Address miner) {
    Job job = Jobs.load(state, id).orElseThrow();
    OptionalInt stage = job.stageOf(miner);
    Seat.Phase phase = phase(job);
    return stage.isEmpty() || phase == Seat.Phase.ENDED || job.isVacant(stage.getAsInt())
        ? Optional.empty()
        : Optional.of(seat(state, job, phase, stage.getAsInt()));
  }

  private Seat seat(StateView state, Job job, Seat.Phase phase, int stage) {
    HeldStage held = job.stages().get(stage);
    return new Seat(
        job.slot(stage),
        phase,
        Optional.ofNullable(plans.get(job.id())).orElseThrow(),
        held.miner(),
        Jobs.holders(state, job),
        held.hasAccepted(),
        Jobs.isOpening(state, job.id()),
        held.numericClass(),
        job.progress().failures(),
        job.progress().round(),
        held.committed().isPresent(),
        held.checkpoint()
            .filter(checkpoint -> job.rounds().isLast(checkpoint.round()))
            .map(checkpoint -> checkpoint.manifest()),
        upkeep(state, job, stage));
  }

  private static Upkeep upkeep(StateView state, Job job, int stage) {
    HeldStage held = job.stages().get(stage);
    List<ResumePoint> points = ResumePoints.of(state, job.id());
    int oldestRound =
        IntStream.concat(
                unsettled(state, job).mapToInt(ClosedRound::round),
                points.stream().mapToInt(point -> point.round() + 1))
            .reduce(job.progress().round(), Math::min);
    return new Upkeep(
        held.stateRoot(),
        start(state, job, stage, points),
        oldestRound,
        points.stream()
            .filter(point -> point.stages().get(stage).manifest().isEmpty())
            .map(point ->
                new Upkeep.Awaited(
                    point.round(), point.attempt(), point.stages().get(stage).stateRoot()))
            .toList());
  }

  /// What a job goes on from is with whoever keeps it, first of all who pinned it to order the job.
  private static Optional<Upkeep.Source> start(
      StateView state, Job job, int stage, List<ResumePoint> points) {
    int before = job.progress().round() - 1;
    if (before < 0) {
      return job.order().start(stage).map(it -> new Upkeep.Source(it.manifest(), List.of()));
    }
    return job.stages()
        .get(stage)
        .checkpoint()
        .filter(checkpoint -> checkpoint.round() == before)
        .map(checkpoint ->
            new Upkeep.Source(
                checkpoint.manifest(), custodians(state, points, checkpoint.round(), stage)));
  }

  /// Hot keys of those who said that they hold a stage's checkpoint after `round`.
  private static List<PublicKey> custodians(
      StateView state, List<ResumePoint> points, int round, int stage) {
    return points.stream()
        .filter(point -> point.round() == round)
        .flatMap(point -> point.stages().get(stage).custodians().stream())
        .flatMap(custodian -> keys(state, custodian))
        .distinct()
        .toList();
  }

  private static Stream<PublicKey> keys(StateView state, Address account) {
    return Stream.concat(
        Miners.get(state, account).map(miner -> miner.hotKey()).stream(),
        Validators.get(state, account).map(Registration::hotKey).stream());
  }

  private static Stream<ClosedRound> unsettled(StateView state, Job job) {
    return IntStream.range(job.progress().settled(), job.progress().closed())
        .mapToObj(serial -> Jobs.unsettled(state, job.id(), serial))
        .flatMap(Optional::stream);
  }

  /// By slot: a struck miner may have worked in several places, and hold none of them now.
  private List<Accusations> accusations(StateView state, Job job, Address miner) {
    SortedMap<StageSlot, List<Audit>> open = new TreeMap<>();
    for (long number : Jobs.openAudits(state, job.id())) {
      Audit audit = Jobs.audit(state, new AuditId(job.id(), number)).orElseThrow();
      if (audit.miner().equals(miner)) {
        open.computeIfAbsent(audit.slot(), _ -> new ArrayList<>()).add(audit);
      }
    }
    return open.entrySet().stream()
        .map(entry ->
            new Accusations(
                entry.getKey(),
                plan(state, job),
                miner,
                accused(state, entry.getValue()),
                disputed(state, entry.getValue())))
        .filter(it -> !it.isEmpty())
        .toList();
  }

  private Plan plan(StateView state, Job job) {
    return Optional.ofNullable(plans.get(job.id()))
        .orElseGet(() -> Plan.of(job, Jobs.spec(state, job.id()).orElseThrow()));
  }

  private static List<Accusations.Accused> accused(StateView state, List<Audit> audits) {
    return audits.stream()
        .filter(Audit::takesAppeal)
        .map(audit ->
            new Accusations.Accused(
                audit,
                claimed(state, audit),
                audit.phase() == Audit.Phase.CONCEDING
                    && nimble.training.Concessions.isAllowed(state, audit.miner())))
        .toList();
  }

  private static List<Accusations.Disputed> disputed(StateView state, List<Audit> audits) {
    return audits.stream()
        .flatMap(audit ->
            Jobs.dispute(state, audit.id())
                .map(open -> new Accusations.Disputed(audit, claimed(state, audit), open.game()))
                .stream())
        .toList();
  }

  private static ClosedStage claimed(StateView state, Audit audit) {
    return Jobs.unsettled(state, audit.id().job(), audit.serial())
        .orElseThrow()
        .stages()
        .get(audit.slot().stage());
  }

  /// What this miner must be able to show, also of jobs whose stages others hold by now.
  public Retained retained(StateView state) {
    Optional<Address> miner = Miners.byHotKey(state, hotKey);
    if (miner.isEmpty()) {
      return Retained.NOTHING;
    }
    SortedSet<RoundName> rounds = new TreeSet<>();
    List<Accusations> accusations = new ArrayList<>();
    for (JobId id : Jobs.active(state)) {
      Job job = Jobs.load(state, id).orElseThrow();
      unsettled(state, job)
          .forEach(round -> {
            for (int stage = 0; stage < round.stages().size(); stage++) {
              if (round.stages().get(stage).miner().equals(miner.get())) {
                rounds.add(new RoundName(job.slot(stage), round.attempt(), round.round()));
              }
            }
          });
      accusations.addAll(accusations(state, job, miner.get()));
    }
    List<ShardOrder> challenged = new ArrayList<>();
    for (JobId id : Jobs.active(state)) {
      challenged.addAll(challenged(state, id, miner.get()));
    }
    SortedSet<PublicKey> validators = new TreeSet<>();
    Validators.all(state).forEach(it -> validators.add(it.registration().hotKey()));
    return new Retained(rounds, validators, copies(state, miner.get()), accusations, challenged);
  }

  /// Until the audit is over: validators that did not get their shards in time may get them still.
  private static List<ShardOrder> challenged(StateView state, JobId id, Address miner) {
    List<ShardOrder> all = new ArrayList<>();
    for (long number : Jobs.openAudits(state, id)) {
      Audit audit = Jobs.audit(state, new AuditId(id, number)).orElseThrow();
      if (audit.miner().equals(miner) && audit.challenge().isPresent()) {
        Job job = Jobs.load(state, id).orElseThrow();
        Plan plan = Plan.of(job, Jobs.spec(state, id).orElseThrow());
        ReedSolomon code = audit.challenge().get().shares().code();
        all.add(new ShardOrder(audit, plan, claimed(state, audit), code));
      }
    }
    return all;
  }

  /// Checkpoints of the stage before the one that `miner` holds, round about.
  private List<KeepDuty> copies(StateView state, Address miner) {
    Optional<Job> job = Jobs.heldBy(state, miner).flatMap(id -> Jobs.load(state, id));
    if (job.isEmpty() || job.get().stageOf(miner).isEmpty()) {
      return List.of();
    }
    int depth = job.get().stages().size();
    int before = Math.floorMod(job.get().stageOf(miner).getAsInt() - 1, depth);
    if (!Custody.custodians(state, job.get(), before).contains(miner)) {
      return List.of();
    }
    return ResumePoints.of(state, job.get().id()).stream()
        .flatMap(point -> copy(state, job.get(), before, point, miner).stream())
        .toList();
  }

  private Optional<KeepDuty> copy(
      StateView state, Job job, int stage, ResumePoint point, Address miner) {
    ResumePoint.Part part = point.stages().get(stage);
    List<PublicKey> sources =
        Stream.concat(
                keys(state, job.stages().get(stage).miner()),
                part.custodians().stream().flatMap(custodian -> keys(state, custodian)))
            .filter(key -> !key.equals(hotKey))
            .distinct()
            .toList();
    return part.manifest()
        .map(manifest ->
            new KeepDuty(
                job.slot(stage),
                plan(state, job),
                point.round(),
                point.attempt(),
                miner,
                manifest,
                part.stateRoot(),
                part.custodians().contains(miner)
                    || part.custodians().size() == ResumePoint.CUSTODIANS_MAX,
                sources));
  }

  private static Seat.Phase phase(Job job) {
    return switch (job.state()) {
      case MATCHED -> Seat.Phase.MATCHED;
      case RUNNING, PAUSED -> Seat.Phase.RUNNING;
      case SETTLING ->
          job.status().ending().equals(Optional.of(JobState.COMPLETED))
              ? Seat.Phase.TRAINED
              : Seat.Phase.ENDED;
      case COMPLETED -> Seat.Phase.TRAINED;
      case CANCELLED, FAILED, EXPIRED -> Seat.Phase.ENDED;
    };
  }
}

package nimble.node.sim;

import java.util.List;
import java.util.Optional;
import nimble.blob.Blob;
import nimble.blob.Manifest;
import nimble.chain.Block;
import nimble.chain.Device;
import nimble.chain.JobCall.JobSubmit;
import nimble.chain.MinerCall.MinerRegister;
import nimble.chain.MinerCall.OfferPut;
import nimble.codec.Bytes;
import nimble.genesis.Parameters;
import nimble.ledger.StateView;
import nimble.ledger.Supply;
import nimble.node.Node;
import nimble.node.devnet.Devnet;
import nimble.node.devnet.NodeKeys;
import nimble.training.HeldStage;
import nimble.training.Job;
import nimble.training.JobState;
import nimble.training.Jobs;
import nimble.training.spec.BaseSpec;
import nimble.training.spec.DataSpec;
import nimble.training.spec.JobSpec;
import nimble.training.spec.MoneySpec;
import nimble.types.Address;
import nimble.types.JobId;
import nimble.vm.AdamW;
import nimble.vm.Cuts;
import nimble.vm.ModelSpec;
import nimble.vm.Rate;
import nimble.vm.TrainingSpec;
import nimble.vm.gradient.Bf16;
import nimble.vm.template.Gpt;

/// A developer's: has miners offer their hardware, orders the training of a GPT so small that plain
/// Java trains it at once, and follows the job to its end. Where nobody deviates it begins with a
/// base, or, in few stages, trains adapters on it.
final class Errand implements Referee.Audience {
  private static final int CONTEXT = 8;
  private static final ModelSpec MODEL = new Gpt(256, CONTEXT, 1, 1, 8, false).spec();
  static final Bytes TEXT = Bytes.utf8("the quick brown fox jumps over the lazy dog. ".repeat(40));
  private static final Manifest MANIFEST =
      new Manifest(TEXT.size(), List.of(Manifest.chunkHash(TEXT)));
  static final SimBase BASE = new SimBase(MODEL);
  static final int STAGES_MAX = 3;

  /// In more, one would be without an adapter.
  private static final int ADAPTED_STAGES_MAX = 2;

  private static final long OPERATIONS_PER_SECOND = 1_000_000_000;

  /// With rounds of [SimParameters#ROUND_STEPS] every stage is audited in every one.
  private static final int AUDIT_ALWAYS_PERMILLE = 300;

  /// Each miner asks for so much more than the one before it, an hour.
  private static final long PRICE_STEP = Parameters.NIM / 10;

  private static final long HOUR_MILLIS = 3_600_000;

  private final Devnet devnet;
  private final Scenario scenario;
  private final Trace trace;
  private final Chronicle chronicle;
  private final SimPurse developer;
  private final List<SimPurse> miners;
  private Optional<JobId> job = Optional.empty();
  private Optional<JobState> state = Optional.empty();
  private List<HeldStage> stages = List.of();
  private int round;
  private int offers;

  Errand(Devnet devnet, Scenario scenario, Trace trace, SimPurse developer, List<SimPurse> miners) {
    this.devnet = devnet;
    this.scenario = scenario;
    this.trace = trace;
    this.chronicle = new Chronicle(trace);
    this.developer = developer;
    this.miners = miners;
  }

  /// Puts the text and the base where miners will find them.
  void keep(Node keeper) {
    keeper.blobs().store(MANIFEST, List.of(TEXT), () -> {});
    for (Blob blob : BASE.blobs()) {
      keeper.blobs().store(blob.manifest(), blob.chunks(), () -> {});
    }
  }

  void begin() {
    for (int i = 0; i < miners.size(); i++) {
      SimPurse miner = miners.get(i);
      MinerRegister register =
          new MinerRegister(
              devnet.miners().get(i).hot().publicKey(),
              devnet.validators().get(i % devnet.validators().size()).address(),
              "miner " + i,
              "miner%d:%d".formatted(i, Member.PORT));
      OfferPut offer =
          new OfferPut(
              Device.CPU, "cpu", 1L << 30, OPERATIONS_PER_SECOND, Parameters.NIM + i * PRICE_STEP);
      miner.run(register, _ -> miner.run(offer, _ -> offered()));
    }
  }

  private void offered() {
    offers++;
    if (offers == miners.size()) {
      developer.run(new JobSubmit(spec().encode()), applied -> submitted(applied.job()));
    }
  }

  private void submitted(Optional<JobId> id) {
    job = id;
    trace.tell("the developer orders job %s".formatted(id.orElseThrow()));
  }

  private JobSpec spec() {
    boolean based = scenario.fault().isEmpty();
    boolean adapted = based && scenario.stages() <= ADAPTED_STAGES_MAX;
    return spec(
        adapted ? BASE.adapted() : MODEL,
        based ? Optional.of(BASE.spec()) : Optional.empty(),
        scenario.steps(),
        scenario.stages(),
        scenario.takesAnyClass(),
        scenario.fault().isPresent() ? AUDIT_ALWAYS_PERMILLE : 0);
  }

  /// The model by itself, in as many stages as may be.
  static JobSpec plain(int steps) {
    return spec(MODEL, Optional.empty(), steps, STAGES_MAX, false, 0);
  }

  private static JobSpec spec(
      ModelSpec model,
      Optional<BaseSpec> base,
      int steps,
      int stages,
      boolean anyClass,
      int auditRatePermille) {
    TrainingSpec training =
        new TrainingSpec(
            steps, 3, 3, Rate.cosine(1e-2f, 1e-3f, Math.min(2, steps)), AdamW.USUAL, 7, new Bf16());
    Cuts cuts =
        new Cuts(
            switch (stages) {
              case 1 -> List.of();
              case 2 -> List.of(2);
              default -> List.of(1, 3);
            });
    MoneySpec money =
        new MoneySpec(
            1_000 * Parameters.NIM,
            Parameters.NIM + Devnet.MINERS_MAX * PRICE_STEP,
            auditRatePermille,
            24 * HOUR_MILLIS);
    return new JobSpec(
        "fox",
        "simulation",
        model,
        base,
        Optional.empty(),
        new DataSpec(MANIFEST.id(), TEXT.size(), 900),
        training,
        cuts,
        Optional.empty(),
        anyClass,
        money);
  }

  @Override
  public void finalized(Block block, Node by) {
    StateView view = by.chain().liveState();
    job.flatMap(id -> Jobs.load(view, id))
        .ifPresent(now -> {
          chronicle.read(now.id(), by);
          follow(view, now);
        });
  }

  private void follow(StateView view, Job now) {
    stages = now.stages();
    if (now.progress().round() != round) {
      round = now.progress().round();
      trace.tell("round %d of %d is committed".formatted(round, now.rounds().count()));
    }
    if (!state.equals(Optional.of(now.state()))) {
      state = Optional.of(now.state());
      String reason = now.status().reason();
      trace.tell(
          "job %s is %s%s".formatted(now.id(), now.state(), reason.isEmpty() ? "" : ": " + reason));
      if (now.state().isFinal()) {
        // W8
        long escrows = Supply.of(view).escrows();
        Referee.check(escrows == 0, "job %s ended, escrows hold %d", now.id(), escrows);
      }
    }
  }

  Optional<JobId> job() {
    return job;
  }

  Optional<JobState> state() {
    return state;
  }

  /// That is open.
  int round() {
    return round;
  }

  Chronicle chronicle() {
    return chronicle;
  }

  /// The miners that hold its stages, by number.
  List<Integer> holders() {
    List<Address> accounts = devnet.miners().stream().map(NodeKeys::address).toList();
    return stages.stream().map(stage -> accounts.indexOf(stage.miner())).toList();
  }

  boolean isOver() {
    return state.filter(JobState::isFinal).isPresent();
  }

  /// Whether miners hold state that nobody else has.
  boolean needsMemory() {
    return job.isPresent() && !isOver();
  }
}

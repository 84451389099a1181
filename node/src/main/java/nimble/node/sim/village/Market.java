package nimble.node.sim.village;

import java.util.List;
import java.util.Optional;
import nimble.blob.Manifest;
import nimble.chain.Device;
import nimble.chain.JobCall.JobSubmit;
import nimble.chain.MinerCall.MinerRegister;
import nimble.chain.MinerCall.OfferPut;
import nimble.chain.Receipt.Outcome;
import nimble.chain.Receipt.Outcome.Applied;
import nimble.codec.Bytes;
import nimble.genesis.Parameters;
import nimble.node.devnet.Devnet;
import nimble.node.devnet.NodeKeys;
import nimble.training.Job;
import nimble.training.JobEntry;
import nimble.training.JobEvent;
import nimble.training.JobPlan;
import nimble.training.Jobs;
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

/// A village in which every miner has an offer, and one job is ordered.
final class Market {
  /// Of jobs of [#spec]: the embedding, one block, and what is behind it.
  static final int STAGES = 3;

  static final int MICRO_BATCHES = 3;
  static final ModelSpec GPT = new Gpt(256, 8, 1, 1, 8, false).spec();
  static final Rate RATE = Rate.cosine(1e-2f, 1e-3f, 0);

  private static final int ROWS = 3;
  private static final Cuts CUTS = new Cuts(List.of(1, 3));
  private static final long MEMORY = 1L << 40;
  private static final long OPERATIONS_PER_SECOND = 1_000_000;
  private static final int TRAINED_PERMILLE = 900;
  private static final Bytes TEXT =
      Bytes.utf8("the quick brown fox jumps over the lazy dog. ".repeat(20));
  private static final Manifest MANIFEST =
      new Manifest(TEXT.size(), List.of(Manifest.chunkHash(TEXT)));

  private final Devnet devnet;
  private final Village village;
  private final Villagers villagers;
  private Optional<JobId> id = Optional.empty();

  /// @param seed of its beacons
  Market(Devnet devnet, long seed) {
    this.devnet = devnet;
    this.village = new Village(devnet.genesis(), seed);
    this.villagers = new Villagers(village, TEXT);
  }

  Village village() {
    return village;
  }

  Villagers villagers() {
    return villagers;
  }

  /// Every miner registers; each asks a tenth of the first one's price more than the one before.
  ///
  /// @param price nim-units an hour of the first one's device costs
  void offer(long price) {
    for (int i = 0; i < devnet.miners().size(); i++) {
      NodeKeys keys = devnet.miners().get(i);
      Address names = devnet.validators().get(i % devnet.validators().size()).address();
      village.call(keys, new MinerRegister(keys.hot().publicKey(), names, "miner " + i, "h:1"));
      long more = price + i * price / 10;
      village.call(keys, new OfferPut(Device.CPU, "cpu", MEMORY, OPERATIONS_PER_SECOND, more));
    }
  }

  static JobSpec spec(
      String name, ModelSpec model, int steps, Rate rate, boolean anyClass, MoneySpec money) {
    return new JobSpec(
        name,
        "simulation",
        model,
        Optional.empty(),
        Optional.empty(),
        new DataSpec(MANIFEST.id(), TEXT.size(), TRAINED_PERMILLE),
        new TrainingSpec(steps, MICRO_BATCHES, ROWS, rate, AdamW.USUAL, 7, new Bf16()),
        CUTS,
        Optional.empty(),
        anyClass,
        money);
  }

  /// The least budget with which the chain takes a job.
  long least(JobSpec spec) {
    Parameters parameters = village.parameters();
    return JobPlan.of(village.state(), parameters, village.now().height() + 1, 0, spec)
        .costs()
        .orElseThrow()
        .total();
  }

  void order(JobSpec spec) {
    Outcome outcome = village.call(devnet.developer(), new JobSubmit(spec.encode()));
    if (!(outcome instanceof Applied applied)) {
      throw new IllegalStateException("the job is refused: " + outcome);
    }
    id = applied.job();
  }

  /// What was ordered.
  Job job() {
    return Jobs.load(village.state(), id.orElseThrow()).orElseThrow();
  }

  /// One block with all that follows from the one before.
  void turn() {
    villagers.live();
    village.block(villagers.said());
  }

  /// Until the job ends, or for so many blocks.
  Job run(int blocks) {
    for (int block = 0; block < blocks && !job().state().isFinal(); block++) {
      turn();
    }
    return job();
  }

  /// What happened of one kind, in order.
  <T extends JobEvent> List<T> told(Class<T> kind) {
    return village.entries().stream()
        .map(JobEntry::event)
        .filter(kind::isInstance)
        .map(kind::cast)
        .toList();
  }
}

package nimble.node.sim.village;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import nimble.chain.AuditId;
import nimble.chain.JobCall.JobCancel;
import nimble.chain.Receipt.Outcome.Applied;
import nimble.codec.Bytes;
import nimble.genesis.Parameters;
import nimble.node.devnet.Devnet;
import nimble.node.devnet.NodeKeys;
import nimble.training.Audit;
import nimble.training.AuditEvent;
import nimble.training.AuditOutcome;
import nimble.training.DisputeResult;
import nimble.training.Job;
import nimble.training.JobEntry;
import nimble.training.JobState;
import nimble.training.Jobs;
import nimble.training.OpenDispute;
import nimble.training.PlayedDispute;
import nimble.training.dispute.Dispute;
import nimble.training.spec.JobSpec;
import nimble.training.spec.MoneySpec;
import nimble.types.Address;
import nimble.types.JobId;
import nimble.vm.ModelSpec;
import nimble.vm.Rotary;
import nimble.vm.template.Llama;

/// One job whose rounds end in disputes, because too few validators can run its program, or because
/// a miner appeals what most of them say (X7).
///
/// @param model of one block, whose stages are its embedding, the block, and what is behind it
/// @param ground why votes do not settle it
/// @param crash both sides once lose what they have in memory, between two moves
/// @param leave the job is cancelled when the first audit is drawn: its miners hold nothing any
///   more
public record Quarrel(
    long seed,
    ModelSpec model,
    Ground ground,
    Party.Miner miner,
    Party.Accuser accuser,
    boolean crash,
    boolean leave) {
  /// Of seven validators with equal stake.
  public enum Ground {
    /// Two can run the program; one of them accuses.
    TOO_FEW(2, 1),
    /// All can; who lies finds itself outvoted, and appeals. Who does not is accused by five.
    APPEAL(Trial.VALIDATORS, 5);

    private final int able;
    private final int accusers;

    Ground(int able, int accusers) {
      this.able = able;
      this.accusers = accusers;
    }
  }

  public static final ModelSpec GPT = Market.GPT;
  public static final ModelSpec LLAMA =
      new Llama(256, 8, 1, 2, 1, 4, 8, 12, 1e-5f, new Rotary(100), false).spec();

  private static final int SPARES = 2;
  private static final int STEPS = 4;
  private static final int STEPS_TO_CANCEL = 40;
  private static final int BLOCKS_MAX = 1_500;
  private static final Devnet DEVNET =
      Devnet.create(
          Bytes.ofU64(8),
          Trial.VALIDATORS,
          Market.STAGES + SPARES,
          1_700_000_000_000L,
          Trial.parameters());

  /// What came of it.
  public record Settled(Job job, List<JobEntry> entries) {
    /// In the order of their ends.
    public List<DisputeResult> results() {
      List<DisputeResult> results = new ArrayList<>();
      for (JobEntry entry : entries) {
        if (entry.event() instanceof AuditEvent.DisputeEnded(long _, DisputeResult result)) {
          results.add(result);
        }
      }
      return results;
    }

    boolean has(Class<? extends AuditEvent> kind) {
      return entries.stream().anyMatch(entry -> kind.isInstance(entry.event()));
    }
  }

  /// @throws AssertionError when X7 does not hold
  public Settled run() {
    SplittableRandom random = new SplittableRandom(seed);
    Market market = new Market(DEVNET, seed);
    Village village = market.village();
    Villagers villagers = market.villagers();
    int stage = random.nextInt(Market.STAGES);
    cast(villagers, random.nextInt(Trial.VALIDATORS), stage);
    market.offer(Parameters.NIM);
    market.order(spec());
    JobId id = market.job().id();
    int crashAt = random.nextInt(1, 4);
    boolean left = !leave;
    boolean crashed = !crash;
    for (int block = 0; block < BLOCKS_MAX && !market.job().state().isFinal(); block++) {
      market.turn();
      Optional<Audit> open = disputed(village, id);
      if (!left && !Jobs.openAudits(village.state(), id).isEmpty()) {
        left = village.call(DEVNET.developer(), new JobCancel(id)) instanceof Applied;
      }
      if (!crashed && open.filter(it -> moves(village, it) == crashAt).isPresent()) {
        crash(villagers, open.get());
        crashed = true;
      }
    }
    Settled settled = new Settled(market.job(), List.copyOf(village.entries()));
    check(settled, DEVNET.miners().get(stage).address());
    return settled;
  }

  private void cast(Villagers villagers, int firstAble, int stage) {
    for (int i = 0; i < Trial.VALIDATORS; i++) {
      int place = Math.floorMod(i - firstAble, Trial.VALIDATORS);
      boolean accuses = !miner.lies() || accuser != Party.Accuser.HONEST;
      Party.Accuser able = accuses && place < ground.accusers ? accuser : Party.Accuser.HONEST;
      Party.Accuser party = place < ground.able ? able : Party.Accuser.UNABLE;
      villagers.audit(DEVNET.validators().get(i), party::work);
    }
    for (int i = 0; i < DEVNET.miners().size(); i++) {
      villagers.mine(DEVNET.miners().get(i), i == stage ? miner : Party.Miner.HONEST);
    }
  }

  private JobSpec spec() {
    MoneySpec money =
        new MoneySpec(1_000 * Parameters.NIM, 10 * Parameters.NIM, 1_000, 24 * 3_600_000L);
    int steps = leave ? STEPS_TO_CANCEL : STEPS;
    return Market.spec("quarrel", model, steps, Market.RATE, true, money);
  }

  private static Optional<Audit> disputed(Village village, JobId id) {
    return Jobs.openAudits(village.state(), id).stream()
        .flatMap(number -> Jobs.audit(village.state(), new AuditId(id, number)).stream())
        .filter(audit -> audit.phase() == Audit.Phase.DISPUTED)
        .findFirst();
  }

  private static int moves(Village village, Audit audit) {
    return Jobs.dispute(village.state(), audit.id()).map(OpenDispute::game).orElseThrow().moves();
  }

  private static void crash(Villagers villagers, Audit audit) {
    List<NodeKeys> all = new ArrayList<>(DEVNET.miners());
    all.addAll(DEVNET.validators());
    all.stream()
        .filter(keys ->
            keys.address().equals(audit.miner())
                || audit.contest().accuser().equals(Optional.of(keys.address())))
        .forEach(keys -> villagers.restart(keys.hot().publicKey()));
  }

  /// X7.
  private void check(Settled settled, Address liar) {
    require(settled, settled.job().state().isFinal(), "the job does not end");
    require(settled, !settled.results().isEmpty(), "nobody disputes");
    require(settled, leave == (settled.job().state() == JobState.CANCELLED), "how it ends");
    Map<Long, DisputeResult> results = new TreeMap<>();
    for (PlayedDispute dispute : PlayedDispute.of(settled.entries())) {
      require(settled, dispute.moves() <= Dispute.MOVES_MAX, dispute.toString());
      require(settled, dispute.bytes() <= Dispute.BYTES_MAX, dispute.toString());
      dispute.result().ifPresent(it -> results.put(dispute.opened().audit(), it));
    }
    for (JobEntry entry : settled.entries()) {
      switch (entry.event()) {
        case AuditEvent.AuditClosed it when results.containsKey(it.audit()) ->
            require(settled, it.outcome() == outcome(results.get(it.audit())), it.toString());
        case AuditEvent.Slashed it ->
            require(settled, miner.lies() && it.miner().equals(liar), it.toString());
        default -> {
          // Not about disputes.
        }
      }
    }
    require(settled, settled.results().stream().allMatch(this::isRight), "the wrong side wins");
    require(settled, !miner.lies() || settled.has(AuditEvent.Slashed.class), "nobody is slashed");
    boolean told = settled.results().contains(DisputeResult.UNDECIDED);
    require(settled, told == (accuser == Party.Accuser.OF_ANOTHER_CLASS), "what nobody can tell");
    boolean lost = settled.results().contains(DisputeResult.ACCUSER_LOSES);
    require(settled, lost == settled.has(AuditEvent.Forfeited.class), "what accusers forfeit");
  }

  private static AuditOutcome outcome(DisputeResult result) {
    return switch (result) {
      case MINER_LOSES, BOTH_LOSE -> AuditOutcome.REJECTED;
      case ACCUSER_LOSES -> AuditOutcome.UPHELD;
      case UNDECIDED -> AuditOutcome.UNDECIDED;
      case NO_ROOM -> throw new AssertionError("its stages are small");
    };
  }

  private boolean isRight(DisputeResult result) {
    if (miner.lies()) {
      return result == DisputeResult.MINER_LOSES;
    }
    // The first stage looks numbers up: of any class, they are the same.
    return result == DisputeResult.ACCUSER_LOSES
        || (accuser == Party.Accuser.OF_ANOTHER_CLASS && result == DisputeResult.UNDECIDED);
  }

  private void require(Settled settled, boolean holds, String otherwise) {
    if (!holds) {
      List<String> story = new ArrayList<>();
      settled.entries().forEach(entry -> story.add(entry.event().toString()));
      throw new AssertionError(
          "%s: %s, %s%n%s".formatted(this, otherwise, settled.results(), String.join("\n", story)));
    }
  }
}

package nimble.training.fault;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import nimble.ledger.BlockBuilder;
import nimble.training.role.Conduct;
import nimble.training.role.auditor.AuditWork;
import nimble.training.role.miner.StageWork;
import nimble.training.role.serving.HostWork;
import nimble.vm.Machine;
import nimble.vm.audit.Tolerance;
import nimble.vm.fault.BitFlip;
import nimble.vm.fault.EightBits;
import nimble.vm.fault.MiscodesGradient;
import nimble.vm.fault.PoisonsLowRank;
import nimble.vm.fault.QuantisesWeights;
import nimble.vm.fault.SavesBits;
import nimble.vm.fault.SkipsWork;
import nimble.vm.fault.StaleWeights;

/// One way in which a participant deviates (proof of training, section 11). Whatever is not said
/// here it does as it should.
public enum Fault implements Conduct {
  /// Saves the way back of every third micro-batch ([SkipsWork]).
  SKIPS_WORK("SkipsWork", Side.MINER, Fate.SLASHED),
  /// Brings weights to where they are used in every fourth step only ([StaleWeights]).
  STALE_WEIGHTS("StaleWeights", Side.MINER, Fate.SLASHED),
  /// Computes with weights of eight bits ([QuantisesWeights]).
  QUANTISES_WEIGHTS("QuantisesWeights", Side.MINER, Fate.CAUGHT),
  /// Adds a matrix of rank one to every gradient ([PoisonsLowRank]).
  POISONS_LOW_RANK("PoisonsLowRank", Side.MINER, Fate.CAUGHT),
  /// Adds a little more of it with every step, from nothing ([PoisonsLowRank]).
  POISON_CREEPS("PoisonCreeps", Side.MINER, Fate.CAUGHT),
  /// Rounds its gradients otherwise than the job's codec does ([MiscodesGradient]).
  MISCODES_GRADIENT("MiscodesGradient", Side.MINER, Fate.CAUGHT),
  /// Commits to its rounds, and shows as their leaves what is not ([ForgedOpening]).
  FORGES_OPENINGS("ForgesOpenings", Side.MINER, Fate.SLASHED),
  /// Writes down lower losses than the last stage has ([nimble.vm.fault.ForgesLoss]).
  FORGES_LOSS("ForgesLoss", Side.MINER, Fate.SLASHED),
  /// Announces a norm that makes everybody's steps tiny ([HugeNorm]).
  ANNOUNCES_HUGE_NORM("AnnouncesHugeNorm", Side.MINER, Fate.SLASHED),
  /// Says that other tensors crossed its edge than did ([RefusedEdge]).
  REFUSES_EDGE("RefusesEdge", Side.MINER, Fate.REPLACED),
  /// Commits to its rounds and shows nobody what they were; checkpoints it serves.
  WITHHOLDS_DATA("WithholdsData", Side.MINER, Fate.SLASHED),
  /// Skips work, and shows nobody what would tell.
  HIDES_WHEN_CAUGHT("HidesWhenCaught", Side.MINER, Fate.SLASHED),
  /// Stops in the midst of a round, for good: computes, sends and says nothing any more. Its node
  /// stays up and serves what it kept.
  VANISHES_MID_ROUND("VanishesMidRound", Side.MINER, Fate.REPLACED),
  /// Shows one class and computes in another ([nimble.vm.fault.WrongClassClaim]).
  WRONG_CLASS_CLAIM("WrongClassClaim", Side.MINER, Fate.REPLACED),
  /// Skips work in a class that only its accomplices among the auditors show ([PrivateClass]).
  PRIVATE_CLASS("PrivateClass", Side.MINER, Fate.CAUGHT),
  /// Computes with few bits ([SavesBits]), appeals, and shows how it came to what it committed to
  /// ([StandsByIt]).
  STANDS_BY_IT("StandsByIt", Side.MINER, Fate.SLASHED),
  /// Honest, with a memory that flips a bit now and then ([BitFlip]).
  BIT_FLIP("BitFlip", Side.MINER, Fate.NONE),

  /// Redoes nothing: says that all is well, with an answer that it makes up ([LazyAuditor]).
  LAZY_AUDITOR("LazyAuditor", Side.AUDITOR, Fate.NONE),
  /// Redoes nothing: says what others said before it ([CopiesVerdict]).
  COPIES_VERDICT("CopiesVerdict", Side.AUDITOR, Fate.NONE),
  /// Joins, and then never says anything about what it is drawn for ([SilentAuditor]).
  SILENT_AUDITORS("SilentAuditors", Side.AUDITOR, Fate.NONE),
  /// Makes up the answer that its accomplice makes up, and says that all is well.
  COLLUDING_PAIR("ColludingPair", Side.AUDITOR, Fate.NONE),
  /// Finds the true answer, and says of everybody's work that it is false ([FalseAccuser]).
  FALSE_ACCUSER("FalseAccuser", Side.AUDITOR, Fate.NONE),
  /// The same, and shows how it would be with few bits.
  MAKES_IT_UP("MakesItUp", Side.AUDITOR, Fate.NONE),
  /// Honest, on a machine on which no program runs ([UnableAuditor]).
  UNABLE("Unable", Side.AUDITOR, Fate.NONE),
  /// Leaves out of the blocks that it leads what auditors say. With two others it may lead three in
  /// a row ([Censor]).
  THREE_LEADERS_IN_A_ROW("ThreeLeadersInARow", Side.AUDITOR, Fate.NONE),
  /// Honest, and away for an hour when it is needed ([OutageOfAnHour]).
  OUTAGE_OF_AN_HOUR("OutageOfAnHour", Side.AUDITOR, Fate.NONE),

  /// Serves with weights of eight bits ([EightBits]).
  SERVES_EIGHT_BITS("ServesEightBits", Side.HOST, Fate.SLASHED),
  /// Answers with tokens of its own choosing ([ChoosesTokens]).
  CHOOSES_TOKENS("ChoosesTokens", Side.HOST, Fate.SLASHED),
  /// Serves as it should, and shows nobody what it was.
  WITHHOLDS_ROWS("WithholdsRows", Side.HOST, Fate.SLASHED);

  /// Whose part it plays.
  public enum Side {
    MINER,
    AUDITOR,
    HOST
  }

  /// What becomes of it: of all that it could be, the worst.
  public enum Fate {
    /// Its stage's bond and unvested pay are taken.
    SLASHED,
    /// As its size is: slashed, or its stage goes to another, unpaid.
    CAUGHT,
    /// Two strikes: its stage goes to another.
    REPLACED,
    /// Nothing but what it does not earn.
    NONE
  }

  /// An honest beginning, so that there is something to go back to.
  private static final int VANISHES_IN_ROUND = 3;

  private static final long SEED = 1;

  /// Steps to one flip.
  private static final int FLIP_PERIOD = 1_000;

  /// Of a gradient's norm.
  private static final double POISON = 1e-3;

  /// In which a creeping poison comes to that.
  private static final long POISON_STEPS = 100;

  private static final Tolerance ANYTHING = new Tolerance(0.999, 0.999, 0.999);

  private final String actor;
  private final Side side;
  private final Fate fate;

  Fault(String actor, Side side, Fate fate) {
    this.actor = actor;
    this.side = side;
    this.fate = fate;
  }

  /// As people name it.
  public static Optional<Fault> of(String actor) {
    return Stream.of(values()).filter(fault -> fault.actor.equals(actor)).findFirst();
  }

  public static List<Fault> of(Side side) {
    return Stream.of(values()).filter(fault -> fault.side == side).toList();
  }

  public Side side() {
    return side;
  }

  public Fate fate() {
    return fate;
  }

  /// What the miner computes on.
  private Machine machine(Machine honest, int microBatches) {
    return switch (this) {
      case SKIPS_WORK, HIDES_WHEN_CAUGHT, PRIVATE_CLASS -> new SkipsWork(honest);
      case STALE_WEIGHTS -> new StaleWeights(honest, microBatches);
      case QUANTISES_WEIGHTS -> new QuantisesWeights(honest, microBatches);
      case POISONS_LOW_RANK -> new PoisonsLowRank(honest, microBatches, POISON);
      case POISON_CREEPS -> new PoisonsLowRank(honest, microBatches, POISON, POISON_STEPS);
      case MISCODES_GRADIENT -> new MiscodesGradient(honest, microBatches);
      case FORGES_LOSS -> new nimble.vm.fault.ForgesLoss(honest);
      case WRONG_CLASS_CLAIM -> new nimble.vm.fault.WrongClassClaim(honest);
      case BIT_FLIP -> new BitFlip(honest, SEED, microBatches, FLIP_PERIOD);
      case STANDS_BY_IT -> new SavesBits(honest);
      case ANNOUNCES_HUGE_NORM,
          REFUSES_EDGE,
          FORGES_OPENINGS,
          WITHHOLDS_DATA,
          VANISHES_MID_ROUND,
          LAZY_AUDITOR,
          COPIES_VERDICT,
          SILENT_AUDITORS,
          COLLUDING_PAIR,
          FALSE_ACCUSER,
          MAKES_IT_UP,
          UNABLE,
          THREE_LEADERS_IN_A_ROW,
          OUTAGE_OF_AN_HOUR,
          SERVES_EIGHT_BITS,
          CHOOSES_TOKENS,
          WITHHOLDS_ROWS ->
          honest;
    };
  }

  /// The heavy side of its mining.
  ///
  /// @param own its caller's
  /// @param honest how it is done on a machine
  /// @param microBatches of a step
  /// @param stage of the job
  public StageWork work(
      Machine own, Function<Machine, StageWork> honest, int microBatches, int stage) {
    StageWork done = honest.apply(machine(own, microBatches));
    return switch (this) {
      case ANNOUNCES_HUGE_NORM -> new HugeNorm(done);
      case FORGES_OPENINGS -> new ForgedOpening(done);
      case REFUSES_EDGE -> new RefusedEdge(done, stage == 0);
      case PRIVATE_CLASS -> new PrivateClass.Mining(done);
      case STANDS_BY_IT -> new StandsByIt(honest.apply(own), done, true);
      default -> done;
    };
  }

  /// The heavy side of its auditing.
  ///
  /// @param own its caller's
  /// @param done how it is done on a machine
  public AuditWork audits(Machine own, Function<Machine, AuditWork> done) {
    AuditWork honest = done.apply(own);
    return switch (this) {
      case LAZY_AUDITOR -> new LazyAuditor(honest, SEED);
      case COPIES_VERDICT -> new CopiesVerdict(honest);
      case SILENT_AUDITORS -> new SilentAuditor(honest);
      case COLLUDING_PAIR -> new LazyAuditor(honest, SEED + 1);
      case FALSE_ACCUSER -> new FalseAccuser(honest);
      case MAKES_IT_UP -> new FalseAccuser(done.apply(new SavesBits(own, false, true)), true);
      case UNABLE -> new UnableAuditor(honest);
      case OUTAGE_OF_AN_HOUR -> new OutageOfAnHour(honest);
      case PRIVATE_CLASS -> new PrivateClass.Auditing(honest);
      default -> honest;
    };
  }

  /// What it takes into the blocks that it leads.
  public BlockBuilder.Choice choice() {
    return this == THREE_LEADERS_IN_A_ROW ? new Censor(_ -> true) : BlockBuilder.Choice.ALL;
  }

  /// What it serves on.
  public Machine serves(Machine honest) {
    return this == SERVES_EIGHT_BITS ? new EightBits(honest) : honest;
  }

  /// By how much it lets choices of its own differ before it refuses to stand by them.
  public Tolerance standsBy(Tolerance honest) {
    return this == CHOOSES_TOKENS ? ANYTHING : honest;
  }

  /// The heavy side of its hosting.
  ///
  /// @param vocabulary of the model
  public HostWork hosts(HostWork honest, int vocabulary) {
    return this == CHOOSES_TOKENS ? new ChoosesTokens(honest, vocabulary) : honest;
  }

  @Override
  public boolean withholdsRows() {
    return this == WITHHOLDS_ROWS;
  }

  /// Whether it can only deviate where losses, or choices, are.
  public boolean needsLastStage() {
    return this == FORGES_LOSS || this == CHOOSES_TOKENS;
  }

  @Override
  public boolean concedes() {
    return switch (this) {
      case VANISHES_MID_ROUND, BIT_FLIP, STANDS_BY_IT -> true;
      default -> side != Side.MINER;
    };
  }

  @Override
  public boolean withholds() {
    return this == WITHHOLDS_DATA || this == HIDES_WHEN_CAUGHT;
  }

  @Override
  public boolean vanishesIn(int round) {
    return this == VANISHES_MID_ROUND && round >= VANISHES_IN_ROUND;
  }

  @Override
  public String toString() {
    return actor;
  }
}

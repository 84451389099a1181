package nimble.node.sim;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import nimble.check.Invariant;
import nimble.node.devnet.Devnet;
import nimble.training.fault.Fault;

/// What a run is made of.
///
/// @param steps of the training job; 0: there is none
/// @param transfers submitted by validators' accounts while all the rest happens
/// @param fault how one of the miners deviates that hold a stage at first, or one of the auditors
/// @param perjury what one of the validators says besides the truth
/// @param feud what is disputed, and by whom; `fault` is that of who is wrong
public record Scenario(
    long seed,
    int validators,
    int miners,
    int steps,
    int transfers,
    Trouble trouble,
    Optional<Fault> fault,
    Optional<Perjury> perjury,
    Optional<Feud> feud) {
  public static final int STEPS_MAX = 10_000;
  public static final int TRANSFERS_MAX = 10_000;

  /// Round in which there are checkpoints of an earlier one.
  private static final int RESUMABLE_ROUND = 4;

  /// Fewer bear no fault after one is expelled, and none is.
  public static final int PERJURED_MIN = 5;

  /// Three a class: of two a liar may have most of the stake, by the luck of who led blocks, and
  /// which bits are right is for the class to say (J18).
  private static final int SPLIT_MIN = 6;

  /// Of six turns of classes.
  private static final int ANOTHER_CLASS = 1;

  private static final int ANY_CLASS = 4;

  private static final List<Feud> FEUDS = List.of(Feud.values());

  public Scenario {
    Invariant.check(validators >= 1 && validators <= Devnet.VALIDATORS_MAX, "validators");
    Invariant.check(miners >= 0 && miners <= Devnet.MINERS_MAX, "miners");
    Invariant.check(steps >= 0 && steps <= STEPS_MAX && (steps == 0 || miners > 0), "steps");
    Invariant.check(transfers >= 0 && transfers <= TRANSFERS_MAX, "transfers");
    Invariant.check(!trouble.minerLost() || steps > 0, "no job to lose a miner of");
    Invariant.check(perjury.isEmpty() || validators >= PERJURED_MIN, "validators");
    Invariant.check(fault.isEmpty() || steps > 0, "no job to deviate in");
    Invariant.check(
        feud.isEmpty()
            || (feud.map(Feud::fault).equals(fault) && feud.get().validators() == validators),
        "who is wrong");
  }

  /// Where nothing happens but work.
  public static Scenario quiet(long seed, int validators, int miners, int steps, int transfers) {
    return new Scenario(
        seed,
        validators,
        miners,
        steps,
        transfers,
        Trouble.NONE,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  public Scenario with(Trouble befalling) {
    return new Scenario(
        seed, validators, miners, steps, transfers, befalling, fault, perjury, feud);
  }

  public Scenario with(Fault deviating) {
    return new Scenario(
        seed, validators, miners, steps, transfers, trouble, Optional.of(deviating), perjury, feud);
  }

  public Scenario with(Perjury lie) {
    return new Scenario(
        seed, validators, miners, steps, transfers, trouble, fault, Optional.of(lie), feud);
  }

  /// Drawn by the seed: in odd ones a miner deviates, in some even ones a validator, and in some
  /// the last blocks of epochs are lain in wait for.
  public static Scenario of(long seed) {
    if (Math.floorMod(seed, 2) != 0) {
      return deviating(seed);
    }
    return switch (Math.floorMod(seed, 16)) {
      case 4 -> perjured(seed);
      case 12 -> ambushed(seed);
      case 8 -> disputed(seed, FEUDS.get(turn(seed, FEUDS.size())));
      default -> honest(seed);
    };
  }

  private static int turn(long seed, int count) {
    return (int) Math.floorMod(Math.floorDiv(seed, 16L), (long) count);
  }

  private static Scenario ambushed(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Blow[] all = Blow.values();
    return quiet(seed, 4 + random.nextInt(2), 0, 0, 1 + random.nextInt(12))
        .with(Trouble.of(all[turn(seed, all.length)]));
  }

  /// A short job, whose every round somebody disputes.
  public static Scenario disputed(long seed, Feud feud) {
    return new Scenario(
        seed,
        feud.validators(),
        Errand.STAGES_MAX + 1,
        2 * SimParameters.ROUND_STEPS,
        1,
        Trouble.NONE,
        Optional.of(feud.fault()),
        Optional.empty(),
        Optional.of(feud));
  }

  /// Each perjury in turn, with validators enough to do without one.
  private static Scenario perjured(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Perjury[] all = Perjury.values();
    return quiet(seed, 5, 0, 0, 1 + random.nextInt(6))
        .with(Trouble.of(random.nextInt(3), random.nextInt(2), random.nextInt(2)))
        .with(all[turn(seed, all.length)]);
  }

  /// Of everything some.
  private static Scenario honest(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    boolean trains = random.nextInt(4) > 0;
    boolean loses = trains && random.nextInt(6) == 0;
    int spares = random.nextInt(2);
    return quiet(
            seed,
            random.nextInt(3) == 0 ? 5 : 4,
            trains ? Errand.STAGES_MAX + spares : random.nextInt(2),
            trains ? 20 : 0,
            1 + random.nextInt(12))
        .with(
            new Trouble(
                random.nextInt(6),
                random.nextInt(3),
                random.nextInt(2),
                random.nextInt(4) == 0,
                trains && random.nextInt(3) == 0,
                loses,
                Optional.empty()));
  }

  /// Each actor in turn; then each again, while validators crash.
  private static Scenario deviating(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Fault[] actors =
        Stream.of(Fault.values()).filter(it -> it.side() != Fault.Side.HOST).toArray(Fault[]::new);
    int turn = (int) Math.floorMod(Math.floorDiv(seed, 2L), 2L * actors.length);
    boolean alone = turn < actors.length;
    Fault fault = actors[turn % actors.length];
    int miners = Errand.STAGES_MAX + (fault == Fault.REFUSES_EDGE ? 2 : 1);
    boolean split = turnOfClasses(seed) == ANY_CLASS && fault.side() == Fault.Side.AUDITOR;
    Scenario quiet =
        quiet(seed, split ? SPLIT_MIN : 4, miners, 20, 1 + random.nextInt(3)).with(fault);
    return alone
        ? quiet
        : quiet.with(Trouble.of(2 + random.nextInt(3), random.nextInt(2), random.nextInt(2)));
  }

  /// In half of the worlds without deviation a validator joins, and one leaves.
  boolean validatorsChange() {
    return fault.isEmpty() && Math.floorMod(seed, 4) == 2;
  }

  /// In some worlds the validator that crashes first forgets its votes.
  boolean forgets() {
    return fault.isEmpty() && perjury.isEmpty() && Math.floorMod(seed, 16) == 0;
  }

  /// In half of these with all that it had but its keys.
  boolean losesDisk() {
    return forgets() && Math.floorMod(seed, 32) == 0;
  }

  /// In a sixth of the worlds one validator computes in another numeric class than all others.
  boolean hasAnotherClass() {
    return steps > 0 && feud.isEmpty() && turnOfClasses(seed) == ANOTHER_CLASS;
  }

  /// In another sixth every second validator does, and a miner; the job takes any class. Where one
  /// of the validators lies, they have to be enough.
  boolean takesAnyClass() {
    return steps > 0
        && feud.isEmpty()
        && turnOfClasses(seed) == ANY_CLASS
        && (validators >= SPLIT_MIN || !auditorLies());
  }

  private boolean auditorLies() {
    return fault.filter(it -> it.side() == Fault.Side.AUDITOR).isPresent();
  }

  private static int turnOfClasses(long seed) {
    return (int) Math.floorMod(Math.floorDiv(seed, 2L), 6L);
  }

  /// Whether the member of this name is one of those.
  boolean isNarrow(String name) {
    return (hasAnotherClass() && name.equals("validator" + (validators - 1)))
        || (takesAnyClass()
            && List.of("validator1", "validator3", "validator5", "miner1").contains(name));
  }

  int stages() {
    return Math.min(miners, Errand.STAGES_MAX);
  }

  int spares() {
    return miners - stages();
  }

  /// Stages that others have to take.
  int vacancies() {
    int deviates = fault.filter(it -> it.fate() != Fault.Fate.NONE).isPresent() ? 1 : 0;
    return (trouble.minerLost() ? 1 : 0) + (refusesEdge() ? 2 : deviates);
  }

  /// Nobody can tell which side of the edge it was: both are replaced.
  boolean refusesEdge() {
    return fault.equals(Optional.of(Fault.REFUSES_EDGE));
  }

  /// Whether nobody is ever late but for who deviates or is lost.
  boolean isCalm() {
    return trouble.isCalm() && feud.isEmpty();
  }

  /// The round in which a miner goes for good, at the earliest; when another deviates, there is
  /// something to go back to by then.
  int lossRound() {
    return (int) Math.floorMod(seed, 3L) + (fault.isPresent() ? RESUMABLE_ROUND : 0);
  }

  /// The number of the miner that deviates: the cheapest hold the stages in order. Or that of the
  /// validator, where an auditor does.
  int deviant() {
    if (auditorLies()) {
      return (int) Math.floorMod(seed, (long) validators);
    }
    if (trouble.minerLost() && fault.isPresent()) {
      return stages(); // Who takes the lost one's place.
    }
    boolean last = fault.filter(Fault::needsLastStage).isPresent();
    return last ? stages() - 1 : (int) Math.floorMod(seed, (long) stages());
  }

  /// All that deviate.
  List<Feud.Role> cast() {
    return feud.map(it -> it.cast(deviant()))
        .orElseGet(() -> fault.stream().map(it -> new Feud.Role(deviant(), it)).toList());
  }

  /// The number of the validator that votes twice.
  int perjurer() {
    return (int) Math.floorMod(seed, (long) validators);
  }

  /// The command that runs it.
  public String command() {
    return "nimble sim --seed %d --validators %d --miners %d --steps %d --transfers %d --crashes %d --splits %d --storms %d --blackout=%b --miners-crash=%b --lose-miner=%b%s%s%s%s"
        .formatted(
            seed,
            validators,
            miners,
            steps,
            transfers,
            trouble.crashes(),
            trouble.splits(),
            trouble.storms(),
            trouble.blackout(),
            trouble.minersCrash(),
            trouble.minerLost(),
            feud.isPresent() ? "" : fault.map(actor -> " --fault " + actor).orElse(""),
            perjury.map(kind -> " --perjury " + kind).orElse(""),
            trouble.ambush().map(blow -> " --ambush " + blow).orElse(""),
            feud.map(kind -> " --feud " + kind).orElse(""));
  }
}

package nimble.node.sim;

import java.util.SplittableRandom;
import nimble.check.Invariant;
import nimble.node.devnet.Devnet;

/// What a run is made of.
///
/// @param steps of the training job; 0: there is none
/// @param transfers submitted by validators' accounts while all the rest happens
/// @param crashes of single nodes, each followed by a restart
/// @param splits of the network, each healed after a while
/// @param storms after which the weather is calm again
/// @param blackout all validators crash at once
/// @param minersCrash whether miners may crash while the job needs their memory
/// @param minerLost whether a miner goes for good when the job begins to run
public record Scenario(
    long seed,
    int validators,
    int miners,
    int steps,
    int transfers,
    int crashes,
    int splits,
    int storms,
    boolean blackout,
    boolean minersCrash,
    boolean minerLost) {
  public static final int STEPS_MAX = 10_000;
  public static final int TRANSFERS_MAX = 10_000;
  public static final int DISTURBANCES_MAX = 1_000;

  public Scenario {
    Invariant.check(validators >= 1 && validators <= Devnet.VALIDATORS_MAX, "validators");
    Invariant.check(miners >= 0 && miners <= Devnet.MINERS_MAX, "miners");
    Invariant.check(steps >= 0 && steps <= STEPS_MAX && (steps == 0 || miners > 0), "steps");
    Invariant.check(transfers >= 0 && transfers <= TRANSFERS_MAX, "transfers");
    Invariant.check(
        crashes >= 0
            && splits >= 0
            && storms >= 0
            && (long) crashes + splits + storms <= DISTURBANCES_MAX,
        "disturbances");
    Invariant.check(!minerLost || steps > 0, "no job to lose a miner of");
  }

  /// Of everything some, drawn by the seed.
  public static Scenario of(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    boolean trains = random.nextInt(4) > 0;
    return new Scenario(
        seed,
        random.nextInt(3) == 0 ? 5 : 4,
        trains ? 3 + random.nextInt(2) : random.nextInt(2),
        trains ? 20 : 0,
        1 + random.nextInt(12),
        random.nextInt(6),
        random.nextInt(3),
        random.nextInt(2),
        random.nextInt(4) == 0,
        trains && random.nextInt(3) == 0,
        trains && random.nextInt(5) == 0);
  }

  /// The command that runs it.
  public String command() {
    return "nimble sim --seed %d --validators %d --miners %d --steps %d --transfers %d --crashes %d --splits %d --storms %d --blackout=%b --miners-crash=%b --lose-miner=%b"
        .formatted(
            seed,
            validators,
            miners,
            steps,
            transfers,
            crashes,
            splits,
            storms,
            blackout,
            minersCrash,
            minerLost);
  }
}

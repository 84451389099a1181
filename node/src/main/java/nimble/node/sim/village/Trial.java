package nimble.node.sim.village;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import nimble.chain.WorkCall;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.genesis.ClassParameters;
import nimble.genesis.Parameters;
import nimble.node.devnet.Devnet;
import nimble.node.devnet.NodeKeys;
import nimble.training.AuditEvent;
import nimble.training.JobEntry;
import nimble.training.fault.Censor;
import nimble.training.spec.JobSpec;
import nimble.training.spec.MoneySpec;
import nimble.types.Address;
import nimble.types.Span;

/// One small job with one or two actors in it, from the order to the end, and how they fared.
public final class Trial {
  static final int VALIDATORS = 7;
  private static final int SPARES = 2;

  /// As the main network does it: two accomplices serve no class.
  private static final long SERVED_VALIDATORS = 3;

  private static final long SERVED_PERMILLE = 100;
  private static final int STEPS = 24;
  private static final int ROUND_STEPS = 4;

  /// A job of a trial is a few rounds, and has to have something to go back to.
  private static final long CHECKPOINT_ROUNDS = 2;

  private static final int BLOCKS_MAX = 900;
  private static final long OUTAGE_MILLIS = 3_600_000;

  /// Blocks of ten in which colluding leaders choose the beacon, of so many.
  private static final int LED = 3;

  private static final int BEACONS = 1 << LED;
  private static final int TURN = 10;
  private static final Devnet DEVNET =
      Devnet.create(
          Bytes.ofU64(7), VALIDATORS, Market.STAGES + SPARES, 1_700_000_000_000L, parameters());

  private final long seed;
  private final List<Actor> actors;
  private final SplittableRandom random;
  private final Market market;
  private final Village village;
  private final Villagers villagers;
  private final TreeMap<Address, Actor> cast = new TreeMap<>();
  private final int deviant;
  private long before;

  private Trial(long seed, List<Actor> actors) {
    this.seed = seed;
    this.actors = actors;
    this.random = new SplittableRandom(seed);
    this.market = new Market(DEVNET, seed);
    this.village = market.village();
    this.villagers = market.villagers();
    boolean last =
        actors.stream().flatMap(it -> it.fault().stream()).anyMatch(it -> it.needsLastStage());
    this.deviant = last ? Market.STAGES - 1 : random.nextInt(Market.STAGES);
  }

  /// Odd seeds one actor, even seeds two; every one in its turn.
  public static Ruling run(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Actor> all = List.of(Actor.values());
    Actor first = all.get((int) Math.floorMod(Math.floorDiv(seed, 2L), (long) all.size()));
    if (Math.floorMod(seed, 2) != 0) {
      return run(seed, List.of(first));
    }
    List<Actor> others = all.stream().filter(it -> Actor.together(first, it)).toList();
    return others.isEmpty()
        ? run(seed, List.of(first))
        : run(seed, List.of(first, others.get(random.nextInt(others.size()))));
  }

  /// @throws AssertionError when X3, X4 or X6 does not hold
  public static Ruling run(long seed, List<Actor> actors) {
    return new Trial(seed, actors).run();
  }

  /// The devnet's, every round of every stage drawn, with short windows.
  static Parameters parameters() {
    Parameters devnet = Parameters.devnet();
    return devnet.with(
        devnet
            .training()
            .with(it -> {
              it.window = new Span(3_000, 4);
              it.idle = new Span(30_000, 10);
              it.roundDue = new Span(20_000, 10);
              it.roundSteps = ROUND_STEPS;
              it.checkpointRounds = CHECKPOINT_ROUNDS;
              it.classes = ClassParameters.of(SERVED_VALIDATORS, SERVED_PERMILLE);
            }));
  }

  private Ruling run() {
    cast();
    market.offer(Parameters.NIM);
    before = own().stream().mapToLong(village::wealth).sum();
    market.order(spec());
    int outage = random.nextInt(10, 60);
    for (int block = 0; block < BLOCKS_MAX && !market.job().state().isFinal(); block++) {
      if (block == outage && actors.contains(Actor.OUTAGE_OF_AN_HOUR)) {
        village.stand(OUTAGE_MILLIS);
      }
      villagers.live();
      block(block);
    }
    return new Ruling(seed, actors, cast, market.job(), List.copyOf(village.entries()), gained())
        .check();
  }

  /// Who is who.
  private void cast() {
    int validator = random.nextInt(VALIDATORS);
    TreeMap<Integer, Actor> auditors = new TreeMap<>();
    for (Actor actor : actors) {
      for (int i = 0; i < actor.auditors(); i++) {
        auditors.put(validator++ % VALIDATORS, actor);
      }
    }
    for (int i = 0; i < VALIDATORS; i++) {
      Optional<Actor> actor = Optional.ofNullable(auditors.get(i));
      NodeKeys keys = DEVNET.validators().get(i);
      actor.ifPresent(it -> cast.put(keys.address(), it));
      villagers.audit(keys, actor.flatMap(Actor::fault));
    }
    Optional<Actor> miner = actors.stream().filter(Actor::mines).findFirst();
    for (int i = 0; i < DEVNET.miners().size(); i++) {
      Optional<Actor> actor = i == deviant ? miner : Optional.empty();
      NodeKeys keys = DEVNET.miners().get(i);
      actor.ifPresent(it -> cast.put(keys.address(), it));
      villagers.mine(keys, actor.flatMap(Actor::fault));
    }
  }

  private static JobSpec spec() {
    MoneySpec money =
        new MoneySpec(1_000 * Parameters.NIM, 10 * Parameters.NIM, 1_000, OUTAGE_MILLIS * 24);
    return Market.spec("village", Market.GPT, STEPS, Market.RATE, false, money);
  }

  private void block(int number) {
    List<WorkCall> calls = villagers.said();
    if (actors.contains(Actor.THREE_LEADERS_IN_A_ROW) && number % TURN < LED) {
      Address miner = DEVNET.miners().get(deviant).address();
      Censor leader = new Censor(miner::equals);
      List<WorkCall> wanted =
          calls.stream().filter(call -> leader.takes(village.state(), call)).toList();
      village.block(wanted, BEACONS, Trial::draws);
    } else {
      village.block(calls);
    }
  }

  private static long draws(List<JobEntry> entries) {
    return entries.stream().filter(entry -> entry.event() instanceof AuditEvent.AuditDrawn).count();
  }

  /// The accounts of who pays itself: the developer and the first holders.
  private List<Address> own() {
    List<Address> own = new ArrayList<>(List.of(DEVNET.developer().address()));
    DEVNET.miners().stream().limit(Market.STAGES).forEach(keys -> own.add(keys.address()));
    return own;
  }

  private long gained() {
    long after = own().stream().mapToLong(village::wealth).sum();
    Invariant.check(before > 0, "nobody has anything");
    return after - before;
  }
}

package nimble.node.sim.village;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.codec.Bytes;
import nimble.genesis.Parameters;
import nimble.ledger.StateView;
import nimble.node.devnet.Devnet;
import nimble.node.devnet.NodeKeys;
import nimble.training.Job;
import nimble.training.JobEvent;
import nimble.training.fault.Fault;
import nimble.training.spec.JobSpec;
import nimble.training.spec.MoneySpec;
import nimble.types.Address;
import nimble.types.Span;

/// A job whose cheapest stage does false work, with as much money as the chain asks for and a
/// little more: what the stage loses is little beside the work of all that has to be done again
/// (J27).
public final class Ruin {
  private static final int STEPS = 60;
  private static final int BLOCKS_MAX = 600;

  /// Beside such prices, charges of calls are nothing.
  static final long PRICE = 1_000 * Parameters.NIM;

  private static final Devnet DEVNET =
      Devnet.create(
          Bytes.ofU64(11), Trial.VALIDATORS, Market.STAGES + 2, 1_700_000_000_000L, parameters());

  private final Market market;
  private final Job job;
  private final SortedMap<Address, Long> before = new TreeMap<>();

  /// @param more than the least that the chain takes, in nim-units
  public Ruin(long seed, long more) {
    market = new Market(DEVNET, seed);
    for (NodeKeys validator : DEVNET.validators()) {
      market.villagers().audit(validator, Optional.empty());
    }
    for (int i = 0; i < DEVNET.miners().size(); i++) {
      Optional<Fault> fault = i == 0 ? Optional.of(Fault.SKIPS_WORK) : Optional.empty();
      market.villagers().mine(DEVNET.miners().get(i), fault);
    }
    market.offer(PRICE);
    for (NodeKeys miner : DEVNET.miners()) {
      before.put(miner.address(), market.village().wealth(miner.address()));
    }
    market.order(spec(market.least(spec(1)) + more));
    job = market.run(BLOCKS_MAX);
  }

  private static Parameters parameters() {
    Parameters trial = Trial.parameters();
    return trial.with(
        trial
            .training()
            .with(it -> {
              it.window = new Span(3_000, 8);
              it.roundSteps = 1;
              it.checkpointRounds = 4;
            }));
  }

  private static JobSpec spec(long budget) {
    MoneySpec money = new MoneySpec(budget, 10 * PRICE, 0, 24 * 3_600_000L);
    return Market.spec("ruin", Market.GPT, STEPS, Market.RATE, false, money);
  }

  /// Its end.
  public Job job() {
    return job;
  }

  public StateView state() {
    return market.village().state();
  }

  List<NodeKeys> miners() {
    return DEVNET.miners();
  }

  Address liar() {
    return DEVNET.miners().getFirst().address();
  }

  /// What a miner has more than before the job.
  long gained(Address miner) {
    return market.village().wealth(miner) - Optional.ofNullable(before.get(miner)).orElseThrow();
  }

  <T extends JobEvent> List<T> told(Class<T> kind) {
    return market.told(kind);
  }
}

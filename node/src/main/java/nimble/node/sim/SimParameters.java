package nimble.node.sim;

import nimble.genesis.ClassParameters;
import nimble.genesis.Parameters;
import nimble.genesis.ToleranceParameters;
import nimble.types.Span;

/// By what rules simulated networks live.
final class SimParameters {
  /// So that a short job has rounds to go back to.
  static final int ROUND_STEPS = 4;

  /// A simulated job is a few rounds, and has to have something to go back to.
  private static final long CHECKPOINT_ROUNDS = 2;

  /// So that every world sees some.
  private static final long EPOCH_MILLIS = 8_000;

  /// The sums of so small a model cancel more than those of one that is worth anything.
  private static final ToleranceParameters TINY = new ToleranceParameters(10_000, 10_000, 10_000);

  private SimParameters() {}

  /// The devnet's, with shorter times for what a simulation only waits for.
  static Parameters of() {
    Parameters devnet = Parameters.devnet();
    return devnet
        .with(devnet.consensus().withEpochMillis(EPOCH_MILLIS))
        .with(
            devnet
                .training()
                .with(it -> {
                  it.window = new Span(3_000, 4);
                  it.idle = new Span(30_000, 10);
                  it.roundDue = new Span(20_000, 10);
                  it.roundSteps = ROUND_STEPS;
                  it.checkpointRounds = CHECKPOINT_ROUNDS;
                  it.classes = new ClassParameters(1, 100, TINY, TINY);
                }));
  }
}

package nimble.training.fault;

import java.util.Optional;
import java.util.stream.Stream;
import nimble.vm.Machine;
import nimble.vm.fault.BitFlip;
import nimble.vm.fault.ForgesLoss;
import nimble.vm.fault.SkipsWork;

/// One way in which a miner deviates. Whatever is not said here it does as it should.
public enum Fault {
  /// Saves the way back of every third micro-batch ([SkipsWork]).
  SKIPS_WORK("SkipsWork"),
  /// Writes down lower losses than the last stage has ([ForgesLoss]).
  FORGES_LOSS("ForgesLoss"),
  /// Commits to its rounds and shows nobody what they were; checkpoints it serves.
  WITHHOLDS_DATA("WithholdsData"),
  /// Stops in the midst of a round, for good: computes, sends and says nothing any more. Its node
  /// stays up and serves what it kept.
  VANISHES_MID_ROUND("VanishesMidRound"),
  /// Honest, with a memory that flips a bit now and then ([BitFlip]).
  BIT_FLIP("BitFlip");

  /// An honest beginning, so that there is something to go back to.
  private static final int VANISHES_IN_ROUND = 3;

  private static final long FLIP_SEED = 1;

  /// Steps to one flip.
  private static final int FLIP_PERIOD = 1_000;

  private final String actor;

  Fault(String actor) {
    this.actor = actor;
  }

  /// As people name it.
  public static Optional<Fault> of(String actor) {
    return Stream.of(values()).filter(fault -> fault.actor.equals(actor)).findFirst();
  }

  /// What the miner computes on.
  ///
  /// @param honest its caller's
  /// @param microBatches of a step
  public Machine machine(Machine honest, int microBatches) {
    return switch (this) {
      case SKIPS_WORK -> new SkipsWork(honest);
      case FORGES_LOSS -> new ForgesLoss(honest);
      case BIT_FLIP -> new BitFlip(honest, FLIP_SEED, microBatches, FLIP_PERIOD);
      case WITHHOLDS_DATA, VANISHES_MID_ROUND -> honest;
    };
  }

  /// Whether it can only deviate where losses are.
  public boolean needsLastStage() {
    return this == FORGES_LOSS;
  }

  /// Whether it would admit a mistake.
  public boolean concedes() {
    return this == VANISHES_MID_ROUND || this == BIT_FLIP;
  }

  /// Whether nobody gets to see what its rounds were.
  public boolean withholds() {
    return this == WITHHOLDS_DATA;
  }

  /// Whether its work is false, or nobody can tell.
  public boolean isFraud() {
    return switch (this) {
      case SKIPS_WORK, FORGES_LOSS, WITHHOLDS_DATA -> true;
      case VANISHES_MID_ROUND, BIT_FLIP -> false;
    };
  }

  /// Whether the miner is gone once it has computed something of this round.
  public boolean vanishesIn(int round) {
    return this == VANISHES_MID_ROUND && round >= VANISHES_IN_ROUND;
  }

  @Override
  public String toString() {
    return actor;
  }
}

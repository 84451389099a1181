package nimble.node.verification;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import nimble.vm.Machine;
import nimble.vm.StageSpec;
import nimble.vm.TrainingSpec;
import nimble.vm.fault.BitFlip;
import nimble.vm.fault.ForgesLoss;
import nimble.vm.fault.PoisonsLowRank;
import nimble.vm.fault.QuantisesWeights;
import nimble.vm.fault.SkipsWork;
import nimble.vm.fault.StaleWeights;

/// What a miner may do instead of its work.
enum Cheat {
  INT8_WEIGHTS("computes with weights of 8 bits"),
  STALE_WEIGHTS("takes new weights in every fourth step only"),
  SKIPS_ONE_IN_16("leaves out one micro-batch in 16"),
  POISON_1E3("adds rank one of 1e-3 of its norm to each gradient"),
  POISON_1E4("adds rank one of 1e-4 of its norm to each gradient"),
  POISON_1E5("adds rank one of 1e-5 of its norm to each gradient"),
  FORGED_LOSS("says a tenth less of its loss"),
  FLIPPED_BIT("one bit of each step's gradient is the other: a fault, not a cheat");

  private static final int ONE_IN = 16;
  private static final long SEED = 5;

  private final String words;

  Cheat(String words) {
    this.words = words;
  }

  /// By its name in the figures' keys.
  static Optional<Cheat> of(String name) {
    return Stream.of(values()).filter(cheat -> cheat.toString().equals(name)).findFirst();
  }

  String words() {
    return words;
  }

  /// As in the figures' keys.
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  boolean concerns(StageSpec stage) {
    return this != FORGED_LOSS || stage.last();
  }

  /// @param honest its caller's
  Machine machine(Machine honest, TrainingSpec training) {
    int microBatches = training.microBatches();
    return switch (this) {
      case INT8_WEIGHTS -> new QuantisesWeights(honest, microBatches);
      case STALE_WEIGHTS -> new StaleWeights(honest, microBatches);
      case SKIPS_ONE_IN_16 -> new SkipsWork(honest, ONE_IN);
      case POISON_1E3 -> new PoisonsLowRank(honest, microBatches, 1e-3);
      case POISON_1E4 -> new PoisonsLowRank(honest, microBatches, 1e-4);
      case POISON_1E5 -> new PoisonsLowRank(honest, microBatches, 1e-5);
      case FORGED_LOSS -> new ForgesLoss(honest);
      case FLIPPED_BIT -> new BitFlip(honest, SEED, microBatches, 1);
    };
  }
}

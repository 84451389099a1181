package nimble.training.role.miner;

import nimble.codec.Bytes;
import nimble.training.fault.Deviating;
import nimble.training.role.Outcome;
import nimble.training.role.evidence.Plan;
import nimble.vm.reference.ReferenceMachine;

/// Stage 1 sends one activation, once, with a bit that differs from what it wrote down.
final class FlippingWorld extends World {
  FlippingWorld(long seed, Plan plan) {
    super(seed, plan, new ReferenceMachine());
  }

  @Override
  StageWork work(StageWork honest, int stage) {
    return stage == 1 ? new Flips(honest) : honest;
  }

  private static final class Flips extends Deviating {
    private boolean done;

    Flips(StageWork honest) {
      super(honest);
    }

    @Override
    public Outcome.Forwarded forward(int round, int step, int microBatch, Bytes input) {
      Outcome.Forwarded honest = super.forward(round, step, microBatch, input);
      if (done || round != 1) {
        return honest;
      }
      done = true;
      byte[] bytes = honest.output().toArray();
      bytes[3] ^= 1;
      return new Outcome.Forwarded(microBatch, Bytes.wrap(bytes));
    }
  }
}

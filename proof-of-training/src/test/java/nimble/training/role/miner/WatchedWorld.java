package nimble.training.role.miner;

import java.util.ArrayList;
import java.util.List;
import nimble.codec.Bytes;
import nimble.training.fault.Deviating;
import nimble.training.role.Outcome;
import nimble.training.role.evidence.Norms;
import nimble.training.role.evidence.Plan;
import nimble.vm.reference.ReferenceMachine;

/// Stage 1, between two others, notes what it is asked for.
final class WatchedWorld extends World {
  enum Asked {
    FORWARD,
    BACKWARD,
    SUM,
    UPDATE,
    WRITE_UP,
    END_ROUND
  }

  final List<Asked> asked = new ArrayList<>();

  WatchedWorld(long seed, Plan plan) {
    super(seed, plan, new ReferenceMachine());
  }

  @Override
  StageWork work(StageWork honest, int stage) {
    return stage == 1 ? new Noting(honest) : honest;
  }

  private final class Noting extends Deviating {
    Noting(StageWork honest) {
      super(honest);
    }

    @Override
    public Outcome.Forwarded forward(int round, int step, int microBatch, Bytes input) {
      asked.add(Asked.FORWARD);
      return super.forward(round, step, microBatch, input);
    }

    @Override
    public Outcome.Backed backward(int microBatch, Bytes outputGradient) {
      asked.add(Asked.BACKWARD);
      return super.backward(microBatch, outputGradient);
    }

    @Override
    public Outcome.Summed sum() {
      asked.add(Asked.SUM);
      return super.sum();
    }

    @Override
    public Outcome.Stepped update(int round, int step, Norms norms) {
      asked.add(Asked.UPDATE);
      return super.update(round, step, norms);
    }

    @Override
    public Outcome.WrittenUp writeUp() {
      asked.add(Asked.WRITE_UP);
      return super.writeUp();
    }

    @Override
    public Outcome.Rounded endRound(int round, int keepFrom) {
      asked.add(Asked.END_ROUND);
      return super.endRound(round, keepFrom);
    }
  }
}

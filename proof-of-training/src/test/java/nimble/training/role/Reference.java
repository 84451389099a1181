package nimble.training.role;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.training.role.evidence.Plan;
import nimble.types.Hash;
import nimble.vm.Machine;
import nimble.vm.StageSpec;
import nimble.vm.data.DataSet;
import nimble.vm.reference.ReferenceMachine;
import nimble.vm.training.ClipFactor;
import nimble.vm.training.StageState;
import nimble.vm.training.StageTrainer;
import nimble.vm.training.StepGradient;

/// The same training as plain calls in one loop: what the miners must come to, bit for bit.
public final class Reference {
  public final List<List<Integer>> stepLosses = new ArrayList<>();
  public final List<List<Hash>> stateRoots = new ArrayList<>();

  public static Reference run(Plan plan) {
    Reference run = new Reference();
    try (Machine machine = new ReferenceMachine()) {
      List<StageTrainer> stages =
          plan.stages().stream().map(spec -> trainer(machine, plan, spec)).toList();
      for (int step = 0; step < plan.training().steps(); step++) {
        run.step(plan, stages, step);
      }
      stages.forEach(stage -> {
        stage.close();
        stage.state().close();
      });
    }
    return run;
  }

  private static StageTrainer trainer(Machine machine, Plan plan, StageSpec spec) {
    BaseWork base = new BaseWork(plan, plan.stages().indexOf(spec));
    try {
      base.gather(part -> Objects.requireNonNull(TinyBase.BLOBS.get(part)));
    } catch (Malformed e) {
      throw new IllegalStateException(e);
    }
    StageState state = StageState.initial(spec, plan.training().seed(), base.part());
    return new StageTrainer(machine, plan.training(), state, base.part());
  }

  private void step(Plan plan, List<StageTrainer> stages, int step) {
    DataSet data = plan.open(Tiny.TEXT);
    int last = stages.size() - 1;
    List<Integer> losses = new ArrayList<>();
    for (int mb = 0; mb < plan.microBatches(); mb++) {
      var example = data.training(plan.stages().getFirst(), plan.training(), step, mb);
      Bytes x = example.inputs();
      for (int s = 0; s < last; s++) {
        x = stages.get(s).forward(mb, x);
      }
      var result = stages.get(last).train(mb, x, example.labels());
      losses.add(result.lossBits());
      Bytes dy = result.inputGradient();
      for (int s = last - 1; s >= 0; s--) {
        dy = stages.get(s).backward(mb, dy);
      }
    }
    List<StepGradient> gradients = stages.stream().map(StageTrainer::gradient).toList();
    ClipFactor factor =
        ClipFactor.of(plan.training(), gradients.stream().map(StepGradient::squareBits).toList());
    for (int s = 0; s <= last; s++) {
      stages.get(s).apply(gradients.get(s), factor);
    }
    stepLosses.add(losses);
    stateRoots.add(stages.stream().map(stage -> stage.state().root()).toList());
  }
}

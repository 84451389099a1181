package nimble.vm.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.vm.Bases;
import nimble.vm.Cuts;
import nimble.vm.Fixtures;
import nimble.vm.Lora;
import nimble.vm.LoraTarget;
import nimble.vm.Machine;
import nimble.vm.ModelSpec;
import nimble.vm.StageBase;
import nimble.vm.StageSpec;
import nimble.vm.audit.RecordedRound;
import nimble.vm.audit.StageAudit;
import nimble.vm.audit.StageAudit.Finding;
import nimble.vm.data.TextData;
import nimble.vm.template.Gpt;
import nimble.vm.tensor.BaseForm;
import nimble.vm.tensor.Storage;
import nimble.vm.training.Pipeline;
import nimble.vm.training.StageState;
import org.junit.jupiter.api.Test;

/// A small model learns one text, then adapters on it another.
final class FineTuneTest {
  private static final Machine MACHINE = new DjlMachine();
  private static final ModelSpec MODEL = new Gpt(256, 12, 2, 2, 32, true).spec();
  private static final List<Integer> CUTS = List.of(2, 3);
  private static final TextData FIRST =
      new TextData(Bytes.utf8("she sells sea shells by the sea shore; ".repeat(20)), 600);
  private static final TextData SECOND =
      new TextData(Bytes.utf8("peter piper picked a peck of pickled pepper, ".repeat(20)), 700);

  @Test
  void l1AdaptersLearnOnAFrozenBaseAndEveryAuditIsEqual() throws Malformed {
    Bases bases = trained();
    Lora lora =
        new Lora(4, 16, List.of(LoraTarget.QKV, LoraTarget.UP, LoraTarget.DOWN), BaseForm.NF4);
    ModelSpec adapted = MODEL.with(lora);
    try (var tuning = new Pipeline(MACHINE, adapted, CUTS, Fixtures.TRAINING, bases::part)) {
      double before = tuning.validate(SECOND, 4);
      for (int step = 0; step < Fixtures.TRAINING.steps(); step++) {
        tuning.step(SECOND, step);
      }
      assertTrue(tuning.validate(SECOND, 4) < 0.8 * before, "from " + before);
    }
    audit(bases, new Cuts(CUTS).of(adapted, Fixtures.TRAINING.rows()));
  }

  private static StageBase part(SortedMap<Integer, StageBase> parts, StageSpec stage) {
    return Objects.requireNonNull(parts.get(stage.firstLayer()));
  }

  private static void audit(Bases bases, List<StageSpec> stages) throws Malformed {
    SortedMap<Integer, StageBase> parts = new TreeMap<>();
    stages.forEach(stage -> parts.put(stage.firstLayer(), bases.part(stage)));
    List<Machine> machines = stages.stream().map(_ -> MACHINE).toList();
    try (RecordedRound round =
        RecordedRound.run(machines, stages, Fixtures.TRAINING, 3, 1, stage -> part(parts, stage))) {
      for (int i = 0; i < stages.size(); i++) {
        StageBase base = part(parts, stages.get(i));
        try (StageAudit bench =
            new StageAudit(MACHINE, stages.get(i), Fixtures.TRAINING, Fixtures.TOLERANCE, base)) {
          for (int step = 0; step <= 3; step++) {
            assertEquals(Finding.EQUAL, bench.audit(round.evidence(i, step), true).finding());
          }
        }
      }
    } finally {
      parts.values().forEach(StageBase::close);
    }
  }

  private static Bases trained() {
    try (var pipeline = new Pipeline(MACHINE, MODEL, List.of(), Fixtures.TRAINING)) {
      for (int step = 0; step < Fixtures.TRAINING.steps(); step++) {
        pipeline.step(FIRST, step);
      }
      StageState whole = pipeline.states().getFirst();
      List<Integer> ends = new ArrayList<>(List.of(0));
      return Bases.of(
          MODEL,
          Storage.FP32,
          (layer, weights) -> {
            weights.put(
                0, whole.weights().toArray(ends.getLast(), weights.count()), weights.count());
            ends.add(ends.getLast() + weights.count());
          });
    }
  }
}

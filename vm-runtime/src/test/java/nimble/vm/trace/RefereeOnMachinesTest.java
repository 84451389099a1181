package nimble.vm.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import nimble.codec.Malformed;
import nimble.sim.Seeds;
import nimble.vm.Precision;
import nimble.vm.StageSpec;
import nimble.vm.djl.DjlMachine;
import nimble.vm.djl.Machines;
import nimble.vm.reference.Interval;
import nimble.vm.reference.Referee;
import nimble.vm.reference.Referee.Finding;
import nimble.vm.reference.ReferenceMachine;
import nimble.vm.reference.Sums;
import nimble.vm.tensor.LittleEndian;
import org.junit.jupiter.api.Test;

/// Both machines' kernels are inside, whatever they are given; what is off by a thousandth is not.
final class RefereeOnMachinesTest {
  private static final List<TraceMachine> MACHINES =
      List.of(
          new ReferenceMachine(),
          new ReferenceMachine(Sums.NARROW),
          new DjlMachine(),
          Machines.oneDnn());
  private static final int SAMPLES = 31;
  private static final double CANCELLED = 1e-7;

  @Test
  void b1EveryNumberThatAMachineGivesIsInside() {
    for (TraceMachine machine : MACHINES) {
      for (StageSpec stage : TraceContract.stages()) {
        Trace trace = TraceContract.trace(machine, stage, true, stage.hash().bytes().u64At(0));
        for (int tensor = trace.form().given(); tensor < trace.form().tensors().size(); tensor++) {
          inside(trace, tensor);
        }
      }
    }
  }

  @Test
  void b1WhatIsOffByAThousandthIsOutside() {
    for (StageSpec stage : TraceContract.stages()) {
      Trace trace = TraceContract.trace(new ReferenceMachine(), stage, true, 3);
      trace.form().computed().forEach(tensor -> outside(trace, tensor));
    }
  }

  private static void inside(Trace trace, int tensor) {
    TraceTensor shape = trace.form().tensor(tensor);
    Referee referee = new Referee(trace.form(), trace);
    try {
      int step = Math.max(1, shape.count() / SAMPLES);
      for (int i = 0; i < shape.count(); i += step) {
        int bits = trace.bits(tensor, i);
        assertEquals(
            Finding.INSIDE,
            referee.judge(tensor, i, bits),
            "%s[%d] = %s of %s: %s"
                .formatted(
                    shape.name(),
                    i,
                    Float.intBitsToFloat(bits),
                    trace.form().spec(),
                    referee.interval(tensor, i)));
      }
    } catch (Malformed e) {
      throw new AssertionError(shape.name(), e);
    }
  }

  /// A tensor in which all cancels is left out, as a key's bias has no influence on a softmax.
  private static void outside(Trace trace, int tensor) {
    TraceTensor shape = trace.form().tensor(tensor);
    Referee referee = new Referee(trace.form(), trace);
    double largest = 0;
    for (float number : LittleEndian.floats(trace.value(tensor))) {
      largest = Math.max(largest, Math.abs(number));
    }
    try {
      int step = Math.max(1, shape.count() / SAMPLES);
      double share = share(shape.rule().orElseThrow());
      for (int i = 0; i < shape.count() && largest > CANCELLED; i += step) {
        Interval interval = referee.interval(tensor, i);
        assertTrue(
            interval.high() - interval.low() < share * largest,
            "%s[%d] within %s, largest %s".formatted(shape.name(), i, interval, largest));
      }
    } catch (Malformed e) {
      throw new AssertionError(shape.name(), e);
    }
  }

  /// Of the tensor's largest number: what was rounded to bfloat16 may be off by a few of its units;
  /// sums of such numbers cancel, and differences of large scores do.
  private static double share(Rule rule) {
    return switch (rule) {
      case Rule.Product product when product.precision() == Precision.BF16 -> 4e-2;
      case Rule.RowSums sums when sums.precision() == Precision.BF16 -> 0.25;
      case Rule.AttendGradient _ -> 3e-3;
      default -> 1e-3;
    };
  }

  @Test
  void b6OpenedOperandsAreEnoughAndNoOthersAreRead() {
    for (StageSpec stage : TraceContract.stages()) {
      Seeds.forEach(
          2,
          random -> {
            Trace trace =
                TraceContract.trace(new ReferenceMachine(), stage, true, random.nextLong());
            for (int tensor = trace.form().given();
                tensor < trace.form().tensors().size();
                tensor++) {
              int element = random.nextInt(trace.form().tensor(tensor).count());
              opens(trace, tensor, element);
            }
          });
    }
  }

  private static void opens(Trace trace, int tensor, int element) {
    try {
      Recording recording = new Recording(trace);
      Finding finding =
          new Referee(trace.form(), recording).judge(tensor, element, trace.bits(tensor, element));
      Opened opened = new Opened(recording.openings());
      for (Opening opening : opened.openings()) {
        assertEquals(
            trace.tree(opening.tensor()).root(),
            opening.root(trace.form().tensor(opening.tensor()).count()).orElseThrow());
      }
      assertEquals(
          finding,
          new Referee(trace.form(), opened).judge(tensor, element, trace.bits(tensor, element)));
    } catch (Malformed e) {
      throw new AssertionError(trace.form().tensor(tensor).name(), e);
    }
  }
}

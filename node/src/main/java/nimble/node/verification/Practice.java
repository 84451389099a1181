package nimble.node.verification;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import nimble.codec.Writer;
import nimble.training.role.evidence.Plan;
import nimble.training.role.evidence.RecordedStage;
import nimble.training.role.miner.Rehearsal;
import nimble.vm.Machine;

/// All stages of the job, by one class's miners that work honestly or do not.
final class Practice implements AutoCloseable {
  private final Subject subject;
  private final Optional<Cheat> cheat;
  private final Machine machine;
  private final Rehearsal rehearsal;

  /// @param honest its caller's
  /// @param cheat what they do instead; empty for their work
  Practice(Machine honest, Subject subject, Optional<Cheat> cheat) {
    this.subject = subject;
    this.cheat = cheat;
    Plan plan = subject.plan();
    machine = cheat.map(it -> it.machine(honest, plan.training())).orElse(honest);
    rehearsal = new Rehearsal(plan, subject.text(), _ -> machine, subject.allowed());
  }

  /// Writes the next round of the stages that are concerned into a file.
  ///
  /// @return nanoseconds of the processor that all stages took
  long round(Path file) throws IOException {
    long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    List<RecordedStage> stages = rehearsal.round();
    long nanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start;
    Plan plan = subject.plan();
    List<RecordedStage> concerned =
        stages.stream()
            .filter(it -> cheat.stream().allMatch(by -> by.concerns(plan.stages().get(it.stage()))))
            .toList();
    Files.write(
        file,
        Writer.encode(
                it -> it.list(concerned, GuildProcess.STAGES_MAX, (stage, to) -> stage.write(to)))
            .toArray());
    return nanos;
  }

  @Override
  public void close() {
    rehearsal.close();
    if (cheat.isPresent()) {
      machine.close();
    }
  }
}

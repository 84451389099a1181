package nimble.node.verification;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import nimble.codec.Malformed;
import nimble.codec.Writer;
import nimble.node.files.Json;
import nimble.training.role.Plan;
import nimble.training.role.RecordedStage;
import nimble.training.role.Rehearsal;
import nimble.types.Hash;
import nimble.vm.Layout;
import nimble.vm.Machine;
import nimble.vm.StageSpec;
import nimble.vm.djl.DjlMachine;
import nimble.vm.djl.Numeric;
import nimble.vm.tensor.ParameterTensor;

/// Runs it all, and gives the figures (Q1 to Q6).
public final class VerificationBench {
  /// @param miner the class that miners are of; this process takes it
  /// @param auditors classes of auditors, each a process
  /// @param honest audits of honest work for each class, at least
  /// @param rounds of each cheat that are audited
  /// @param operators that are falsified in disputes, of each stage
  /// @param samples numbers of each tensor that the referee judges
  /// @param checkpointRounds rounds between checkpoints
  public record Order(
      Numeric miner,
      List<Numeric> auditors,
      int honest,
      int rounds,
      int operators,
      int samples,
      long checkpointRounds) {
    public Order {
      auditors = List.copyOf(auditors);
    }
  }

  /// What the auditors of one class found so far.
  private static final class Found {
    private final Auditors auditors;
    private final List<AuditReport> reports = new ArrayList<>();

    Found(Auditors auditors) {
      this.auditors = auditors;
    }

    Numeric numeric() {
      return auditors.numeric();
    }
  }

  private final Subject subject;
  private final Order order;
  private final String mainClass;
  private final Consumer<String> progress;
  private final Plan plan;
  private final Path directory;
  private final List<Auditors> auditors = new ArrayList<>();
  private final List<Long> roundNanos = new ArrayList<>();
  private final ObjectNode json = Json.object();

  /// @param mainClass of `nimble`
  public VerificationBench(
      Subject subject, Order order, String mainClass, Consumer<String> progress)
      throws IOException {
    this.subject = subject;
    this.order = order;
    this.mainClass = mainClass;
    this.progress = progress;
    plan = subject.plan();
    directory = Files.createTempDirectory("nimble-verification-");
  }

  public ObjectNode run() throws IOException, Malformed, InterruptedException {
    try (DjlMachine machine = new DjlMachine(order.miner())) {
      Files.write(
          directory.resolve(AuditorProcess.SUBJECT), Writer.encode(subject::write).toArray());
      for (Numeric numeric : order.auditors()) {
        progress.accept("starting auditors of %s ...".formatted(numeric));
        auditors.add(Auditors.start(directory, numeric, mainClass));
      }
      describe(AuditorProcess.classes(machine, plan));
      honest(machine);
      for (Cheat cheat : Cheat.values()) {
        cheat(machine, cheat);
      }
      return json;
    } finally {
      for (Auditors each : auditors) {
        each.close();
      }
      delete();
    }
  }

  private void describe(List<Hash> classes) {
    ObjectNode job = json.putObject("job");
    job.put("stages", plan.stages().size());
    job.put(
        "parameters", plan.stages().stream().mapToLong(stage -> Layout.of(stage).count()).sum());
    job.put(
        "tensors",
        plan.stages().stream()
            .map(Layout::of)
            .flatMap(layout -> layout.tensors().stream())
            .map(ParameterTensor::name)
            .count());
    job.put("rowsOfAMicroBatch", plan.training().rows());
    job.put("microBatches", plan.training().microBatches());
    job.put("stepsOfARound", subject.roundSteps());
    job.put("gradientCodec", plan.training().gradientCodec().name());
    json.set("tolerance", Json.of(subject.tolerance()));
    setting(order.miner(), "miner", classes);
    auditors.forEach(each -> setting(each.numeric(), "auditors", each.classes()));
  }

  private void setting(Numeric numeric, String role, List<Hash> classes) {
    ObjectNode one =
        json.withArray("classes").addObject().put("numeric", numeric.toString()).put("role", role);
    classes.forEach(it -> one.withArray("ofStages").add(it.toString()));
  }

  private void honest(DjlMachine machine) throws IOException, Malformed {
    List<Found> found = auditors.stream().map(Found::new).toList();
    try (Rehearsal rehearsal =
        new Rehearsal(plan, subject.text(), _ -> machine, subject.allowed())) {
      int audits = 0;
      for (int round = 0; audits < order.honest() && round < plan.rounds().count(); round++) {
        long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        List<RecordedStage> stages = rehearsal.round();
        roundNanos.add(ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start);
        audits += stages.stream().mapToInt(stage -> stage.index().steps().size()).sum();
        for (Found each : found) {
          progress.accept(
              "honest work: round %d, auditors of %s ...".formatted(round, each.numeric()));
          each.reports.addAll(redo(each.auditors, stages));
        }
        if (round == 1 || plan.rounds().count() == 1) {
          once(machine, stages);
        }
      }
    }
    pairs(found);
  }

  private void pairs(List<Found> found) {
    long audits = 0;
    long alarms = 0;
    for (Found each : found) {
      Findings findings = new Findings(each.reports);
      audits += findings.reports().size();
      alarms += findings.noticed();
      pair("pairs", each, findings).setAll(findings.honest(subject.allowed()));
    }
    json.put("honestAudits", audits);
    json.put("falseAlarms", alarms);
    Shares shares = new Shares(subject);
    found.stream()
        .map(each -> new Findings(each.reports))
        .filter(Findings::sameClass)
        .findFirst()
        .ifPresent(same -> json.set("verificationShare", shares.json(roundNanos, same.reports())));
  }

  private ObjectNode pair(String name, Found found, Findings findings) {
    return json.withArray(name)
        .addObject()
        .put("miner", order.miner().toString())
        .put("auditor", found.numeric().toString())
        .put("sameClass", findings.sameClass());
  }

  /// What one honest round is enough for.
  private void once(DjlMachine machine, List<RecordedStage> stages) throws Malformed {
    json.set(
        "bytes", new Traffic(plan, order.checkpointRounds()).json(stages, new Shares(subject)));
    DisputeTrials disputes = new DisputeTrials(machine);
    RefereeTrials referee = new RefereeTrials(order.samples());
    for (RecordedStage stage : stages) {
      progress.accept("disputes about stage %d ...".formatted(stage.stage()));
      int step = subject.roundSteps() / 2;
      var evidence = stage.fetched(plan, step, Hash.ZERO, subject.data());
      var traces = disputes.run(plan, stage.stage(), evidence, order.operators());
      progress.accept("the referee on stage %d ...".formatted(stage.stage()));
      referee.run(traces.getFirst());
    }
    json.set("dispute", disputes.json());
    json.set("referee", referee.json());
  }

  private void cheat(Machine machine, Cheat cheat) throws IOException, Malformed {
    List<Found> found = auditors.stream().map(Found::new).toList();
    try (Machine cheating = cheat.machine(machine, plan.training());
        Rehearsal rehearsal =
            new Rehearsal(plan, subject.text(), _ -> cheating, subject.allowed())) {
      rehearsal.round();
      for (int i = 0; i < order.rounds(); i++) {
        List<RecordedStage> stages =
            rehearsal.round().stream().filter(stage -> concerned(cheat, stage)).toList();
        for (Found each : found) {
          progress.accept("%s: auditors of %s ...".formatted(cheat.words(), each.numeric()));
          each.reports.addAll(redo(each.auditors, stages));
        }
      }
    }
    for (Found each : found) {
      Findings findings = new Findings(each.reports);
      pair("cheats", each, findings)
          .put("cheat", cheat.toString())
          .put("what", cheat.words())
          .setAll(findings.cheated(subject));
    }
  }

  private boolean concerned(Cheat cheat, RecordedStage stage) {
    StageSpec spec = plan.stages().get(stage.stage());
    return cheat.concerns(spec);
  }

  private List<AuditReport> redo(Auditors auditor, List<RecordedStage> stages)
      throws IOException, Malformed {
    Path file = directory.resolve("round");
    Files.write(
        file,
        Writer.encode(
                it -> it.list(stages, AuditorProcess.STAGES_MAX, (stage, to) -> stage.write(to)))
            .toArray());
    try {
      return auditor.redo("round");
    } finally {
      Files.delete(file);
    }
  }

  private void delete() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}

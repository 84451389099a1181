package nimble.node.verification;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import nimble.codec.Malformed;
import nimble.codec.Writer;
import nimble.node.files.Json;
import nimble.training.role.evidence.Plan;
import nimble.training.role.evidence.RecordedStage;
import nimble.types.Hash;
import nimble.vm.Layout;
import nimble.vm.djl.DjlMachine;
import nimble.vm.djl.Numeric;
import nimble.vm.tensor.ParameterTensor;

/// Runs it all, and gives the figures (Q1 to Q7).
public final class VerificationBench {
  /// Of the audits of the first class's miners others get so much (Q7).
  private static final int OTHERS_PART = 3;

  private static final String ROUND = "round";

  /// @param classes each a process; the first is this process's
  /// @param miners those of them that mine
  /// @param honest audits of the first class's honest work by each class, at least
  /// @param rounds of each cheat of the first class that are audited
  /// @param operators that are falsified in disputes, of each stage
  /// @param samples numbers of each tensor that the referee judges
  /// @param checkpointRounds rounds between checkpoints
  public record Order(
      List<Numeric> classes,
      List<Numeric> miners,
      int honest,
      int rounds,
      int operators,
      int samples,
      long checkpointRounds) {
    public Order {
      classes = List.copyOf(classes);
      miners = List.copyOf(miners);
    }

    private boolean isFirst(Guild guild) {
      return guild.numeric().equals(classes.getFirst());
    }
  }

  /// What the auditors of one class found so far.
  private record Found(Guild auditors, List<AuditReport> reports) {
    static List<Found> none(List<Guild> guilds) {
      return guilds.stream().map(guild -> new Found(guild, new ArrayList<>())).toList();
    }

    Findings findings() {
      return new Findings(reports);
    }
  }

  private final Subject subject;
  private final Order order;
  private final String mainClass;
  private final Consumer<String> progress;
  private final Plan plan;
  private final Path directory;
  private final List<Guild> guilds = new ArrayList<>();
  private final ObjectNode json = Json.object();
  private long audits;
  private long alarms;

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
    try {
      Files.write(directory.resolve(GuildProcess.SUBJECT), Writer.encode(subject::write).toArray());
      for (Numeric numeric : order.classes()) {
        progress.accept("starting miners and auditors of %s ...".formatted(numeric));
        guilds.add(Guild.start(directory, numeric, mainClass));
      }
      describe();
      for (Guild miners : guilds) {
        if (order.miners().contains(miners.numeric())) {
          honest(miners);
          for (Cheat cheat : Cheat.values()) {
            cheat(miners, cheat);
          }
        }
      }
      json.put("honestAudits", audits);
      json.put("falseAlarms", alarms);
      return json;
    } finally {
      for (Guild each : guilds) {
        each.close();
      }
      delete();
    }
  }

  private void describe() {
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
    for (Guild guild : guilds) {
      ObjectNode one = json.withArray("classes").addObject();
      one.put("numeric", guild.numeric().toString());
      one.put("mines", order.miners().contains(guild.numeric()));
      guild.classes().forEach(it -> one.withArray("ofStages").add(it.toString()));
    }
  }

  private void honest(Guild miners) throws IOException, Malformed {
    int wanted = order.isFirst(miners) ? order.honest() : order.honest() / OTHERS_PART;
    List<Found> found = Found.none(guilds);
    List<Long> roundNanos = new ArrayList<>();
    miners.begin(Optional.empty());
    for (int round = 0; round < plan.rounds().count(); round++) {
      if (found.getFirst().reports().size() >= wanted) {
        break;
      }
      roundNanos.add(miners.train(ROUND));
      audit(miners, found, "honest work of %s, round %d".formatted(miners.numeric(), round));
      if (order.isFirst(miners) && (round == 1 || plan.rounds().count() == 1)) {
        once(GuildProcess.recorded(directory.resolve(ROUND)));
      }
    }
    for (Found each : found) {
      Findings findings = each.findings();
      audits += findings.reports().size();
      alarms += findings.noticed();
      pair("pairs", miners, each).setAll(findings.honest(subject.allowed()));
      if (order.isFirst(miners) && each.auditors().equals(miners)) {
        json.set("verificationShare", new Shares(subject).json(roundNanos, findings.reports()));
      }
    }
  }

  /// By the miners' own class while nobody else works, as its time counts (Q4); then by the others,
  /// at once.
  private void audit(Guild miners, List<Found> found, String what) throws IOException, Malformed {
    progress.accept("%s: audits of its class ...".formatted(what));
    audit(found.stream().filter(each -> each.auditors().equals(miners)).toList());
    progress.accept("%s: audits of other classes ...".formatted(what));
    audit(found.stream().filter(each -> !each.auditors().equals(miners)).toList());
  }

  private static void audit(List<Found> some) throws IOException, Malformed {
    some.forEach(each -> each.auditors().redo(ROUND));
    for (Found each : some) {
      each.reports().addAll(each.auditors().found(ROUND));
    }
  }

  private ObjectNode pair(String name, Guild miners, Found found) {
    return json.withArray(name)
        .addObject()
        .put("miner", miners.numeric().toString())
        .put("auditor", found.auditors().numeric().toString())
        .put("sameClass", found.findings().sameClass());
  }

  /// What one honest round is enough for.
  private void once(List<RecordedStage> stages) throws Malformed {
    json.set(
        "bytes", new Traffic(plan, order.checkpointRounds()).json(stages, new Shares(subject)));
    try (DjlMachine machine = new DjlMachine(order.classes().getFirst())) {
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
  }

  private void cheat(Guild miners, Cheat cheat) throws IOException, Malformed {
    List<Found> found = Found.none(guilds);
    miners.begin(Optional.of(cheat));
    miners.train(ROUND);
    int rounds = order.isFirst(miners) ? order.rounds() : Math.ceilDiv(order.rounds(), OTHERS_PART);
    for (int i = 0; i < rounds; i++) {
      miners.train(ROUND);
      audit(miners, found, "%s %s".formatted(miners.numeric(), cheat.words()));
    }
    for (Found each : found) {
      pair("cheats", miners, each)
          .put("cheat", cheat.toString())
          .put("what", cheat.words())
          .setAll(each.findings().cheated(subject));
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

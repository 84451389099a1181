package nimble.node.devnet;

import com.google.errorprone.annotations.FormatMethod;
import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import nimble.api.v1.ConvictedHost;
import nimble.api.v1.InferRequest;
import nimble.api.v1.JobView;
import nimble.api.v1.StageView;
import nimble.blob.Blob;
import nimble.chain.JobCall.JobSubmit;
import nimble.genesis.Parameters;
import nimble.node.client.ClientFailure;
import nimble.node.client.NodeClient;
import nimble.node.files.Mistake;
import nimble.training.PlayedDispute;
import nimble.training.spec.JobSpec;
import nimble.types.JobId;

/// A fresh network that trains a small model on a text, pays for it and generates from it, while
/// somebody watches.
public final class Demo {
  /// What the user asked for.
  ///
  /// @param text to train on; empty for this project's own sources under `root`
  /// @param anyClass whether a miner computes as no validator does
  public record Order(
      Optional<Path> text, Path root, int steps, int validators, int miners, boolean anyClass) {
    /// Where all nodes compute alike.
    public Order(Optional<Path> text, Path root, int steps, int validators, int miners) {
      this(text, root, steps, validators, miners, false);
    }
  }

  /// How it ended.
  public record Result(JobView job, JobHistory history, DemoSummary summary) {
    public boolean completed() {
      return job.getState().equals("COMPLETED");
    }
  }

  private static final double GIGA = 1e9;
  private static final int CLASS_DIGITS = 8;
  private static final int SAMPLE_TOKENS = 240;
  private static final int SAMPLES_AUDITED = 3;
  private static final int SAMPLE_TEMPERATURE_PERMILLE = 800;
  private static final String PROMPT = "\n";
  private static final long SHOW_MILLIS = 500;

  private final Order order;
  private final PrintWriter out;
  private final boolean watched;

  /// @param watched whether `out` is a terminal: then one line is drawn over and over
  public Demo(Order order, PrintWriter out, boolean watched) {
    this.order = order;
    this.out = out;
    this.watched = watched;
  }

  /// The text is checked before anything is started.
  public byte[] text() throws Mistake, IOException {
    return order.text().isPresent()
        ? DemoText.of(order.text().get())
        : DemoText.ofSources(order.root());
  }

  /// Runs the whole life of one job, through the API of the network's first node.
  public Result run(DemoNetwork network, byte[] text) throws ClientFailure, InterruptedException {
    NodeClient client = network.client();
    MinerOffers.put(network);
    say("miners    %d registered, each with an offer of 1 NIM an hour", order.miners());
    Blob data = DemoJob.data(text);
    client.blobs().put(data.manifest(), data.chunks());
    JobSpec usual = DemoJob.spec(data.manifest(), order.steps(), order.miners());
    JobSpec spec = order.anyClass() ? usual.withAnyClass() : usual;
    say(
        "model     gpt, 4 layers of width 128, context 64: %,d parameters in %d stages",
        spec.model().parameters(), spec.stages());
    say("text      %,d bytes, the last tenth held out", text.length);
    Account developer = new Account(client, network.devnet().developer().account());
    JobId job = new JobId(developer.run(new JobSubmit(spec.encode())).getJob());
    JobView ended = watch(client, job, network.pace());
    boolean completed = ended.getState().equals("COMPLETED");
    Optional<DemoDeployment.Served> served =
        completed ? deploy(client, developer, job) : Optional.empty();
    String model = served.map(DemoDeployment.Served::name).orElse("job-" + job);
    String sample = completed ? sample(client, model) : "";
    rewards(ended);
    say("api       http://%s (nbcli --node %s)", client.node(), client.node());
    JobHistory history = JobHistory.of(client, ended.getJob());
    classes(network, history);
    for (PlayedDispute dispute : history.disputes()) {
      say("dispute   %s", words(network.devnet(), dispute));
    }
    List<Deviation> deviating =
        Deviation.of(network.devnet(), history, hosts(network, developer, served), client);
    for (Deviation one : deviating) {
      say("deviates  %s %s: %s", one.node(), one.actor(), one.rule());
    }
    return new Result(
        ended, history, DemoSummary.of(network, ended, history, sample, served, deviating));
  }

  /// Of hosts that deviate the demo sees the end: they serve so much more that what they are owed
  /// is worth an audit beside their bond (S10).
  private List<ConvictedHost> hosts(
      DemoNetwork network, Account developer, Optional<DemoDeployment.Served> served)
      throws ClientFailure {
    Set<String> deviating = network.devnet().hosts();
    if (deviating.isEmpty() || served.isEmpty()) {
      return List.of();
    }
    say("audits    of what is served: of two samples more, when the deployment ends");
    for (int seed = 2; seed <= SAMPLES_AUDITED; seed++) {
      network.client().infer(sample(served.get().name(), seed), _ -> {});
    }
    return DemoDeployment.convicted(network.client(), developer, served.get(), deviating);
  }

  private static String words(Devnet devnet, PlayedDispute dispute) {
    return "stage %d, round %d: %s %s %s; %s after %d moves of %,d bytes in all"
        .formatted(
            dispute.drawn().stage(),
            dispute.drawn().round(),
            devnet.name(dispute.miner()),
            dispute.opened().appealed() ? "appeals, against" : "and, as too few could vote,",
            devnet.name(dispute.accuser()),
            dispute.standing(),
            dispute.moves(),
            dispute.bytes());
  }

  /// Which nodes computed alike, by what they showed on chain.
  private void classes(DemoNetwork network, JobHistory history) {
    history
        .classes()
        .forEach((stage, shown) ->
            shown.forEach((numericClass, who) ->
                say(
                    "class     stage %d %s: %s",
                    stage,
                    numericClass.toString().substring(0, CLASS_DIGITS),
                    who.stream()
                        .map(network.devnet()::name)
                        .sorted()
                        .collect(Collectors.joining(", ")))));
  }

  /// Each miner's pay, with the terms that it comes from.
  private void rewards(JobView job) {
    for (StageView stage : job.getStagesList()) {
      long gross = stage.getPaid() + stage.getFeeBurned();
      say(
          "reward    %s: %.1f G operations at %.2f NIM an hour of %.0f G operations/s = %,d nim-units;"
              + " %,d burned as protocol fee, %,d vesting",
          stage.getMiner(),
          stage.getOperationsSettled() / GIGA,
          stage.getPricePerHour() / (double) Parameters.NIM,
          stage.getOperationsPerSecond() / GIGA,
          gross,
          stage.getFeeBurned(),
          stage.getPaid());
    }
  }

  private JobView watch(NodeClient client, JobId job, Pace pace)
      throws ClientFailure, InterruptedException {
    AtomicReference<JobView> newest = new AtomicReference<>(JobView.getDefaultInstance());
    ScheduledExecutorService painter =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("progress").daemon().factory());
    try {
      if (watched) {
        painter.scheduleAtFixedRate(
            () -> paint(newest.get(), pace.reading()),
            SHOW_MILLIS,
            SHOW_MILLIS,
            TimeUnit.MILLISECONDS);
      }
      client.watchJob(
          job.value(),
          view -> {
            JobView before = newest.getAndSet(view);
            pace.seen(view);
            if (!watched
                && (!before.getState().equals(view.getState())
                    || before.getRoundsCommitted() / 5 != view.getRoundsCommitted() / 5)) {
              out.println(line(view, pace.reading()));
              out.flush();
            }
            return !isFinal(view.getState());
          });
    } finally {
      painter.shutdown();
      painter.awaitTermination(SHOW_MILLIS, TimeUnit.MILLISECONDS);
    }
    JobView ended = newest.get();
    clearLine();
    say(
        "job       %d %s%s: loss %.3f to %.3f, on held-out text %.3f nats per byte",
        ended.getJob(),
        ended.getState(),
        ended.getReason().isEmpty() ? "" : " (" + ended.getReason() + ")",
        ended.getFirstLoss(),
        ended.getLastLoss(),
        ended.getValidationLoss());
    return ended;
  }

  static boolean isFinal(String state) {
    return switch (state) {
      case "COMPLETED", "CANCELLED", "FAILED", "EXPIRED" -> true;
      default -> false;
    };
  }

  private void paint(JobView view, Pace.Reading reading) {
    out.print("\r" + line(view, reading) + "\u001b[K");
    out.flush();
  }

  private void clearLine() {
    if (watched) {
      out.print("\r\u001b[K");
    }
  }

  private String line(JobView view, Pace.Reading reading) {
    int steps = Math.max(1, order.steps());
    int done = Math.min(steps, reading.steps() + 1);
    int filled = 24 * done / steps;
    String loss = Float.isNaN(reading.loss()) ? "-" : "%.2f".formatted(reading.loss());
    return "%-9s [%s%s] %d/%d  loss %s  %,.0f tokens/s  rounds %d committed, %d settled  audits %d upheld"
        .formatted(
            view.getState().toLowerCase(Locale.ROOT),
            "#".repeat(filled),
            "-".repeat(24 - filled),
            done,
            steps,
            loss,
            reading.tokensPerSecond(),
            view.getRoundsCommitted(),
            view.getRoundsSettled(),
            view.getAuditsUpheld());
  }

  private Optional<DemoDeployment.Served> deploy(NodeClient client, Account developer, JobId job)
      throws ClientFailure {
    Optional<DemoDeployment.Served> served = DemoDeployment.of(client, developer, job);
    served.ifPresentOrElse(
        it ->
            say(
                "deployed  %s as deployment %d in %d stages, %,d nim-units for 1,000 tokens",
                it.name(),
                it.deployment().getDeployment(),
                it.deployment().getStages(),
                it.deployment().getPricePer1K()),
        () -> say("deployed  not in time; the miners that trained the model are asked instead"));
    return served;
  }

  private String sample(NodeClient client, String model) throws ClientFailure {
    say("sample    generated by %s:", model);
    ByteArrayOutputStream sample = new ByteArrayOutputStream();
    client.infer(
        sample(model, 1),
        reply -> {
          sample.writeBytes(reply.getToken().toByteArray());
          out.print(printable(reply.getToken().toByteArray()));
          out.flush();
        });
    out.println();
    return new String(sample.toByteArray(), StandardCharsets.UTF_8);
  }

  private static InferRequest sample(String model, int seed) {
    return InferRequest.newBuilder()
        .setModel(model)
        .setPrompt(ByteString.copyFromUtf8(PROMPT))
        .setTokens(SAMPLE_TOKENS)
        .setTemperature(SAMPLE_TEMPERATURE_PERMILLE / 1_000f)
        .setSeed(seed)
        .build();
  }

  /// Bytes of a half-trained model may be anything; a terminal gets text only.
  private static String printable(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte value : bytes) {
      text.append(value == '\n' || (value >= ' ' && value < 0x7f) ? (char) value : '.');
    }
    return text.toString();
  }

  @FormatMethod
  private void say(String format, Object... values) {
    out.println(format.formatted(values));
    out.flush();
  }
}

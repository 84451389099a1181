package nimble.node.cli.network;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.option.FaultOption;
import nimble.node.devnet.Devnet;
import nimble.node.files.Json;
import nimble.node.files.Mistake;
import nimble.node.sim.Blow;
import nimble.node.sim.Feud;
import nimble.node.sim.Outcome;
import nimble.node.sim.Perjury;
import nimble.node.sim.Scenario;
import nimble.node.sim.Trouble;
import nimble.node.sim.World;
import nimble.training.JobState;
import nimble.training.PlayedDispute;
import nimble.training.fault.Fault;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "sim",
    description = {
      "Runs a whole network in one thread and virtual time: consensus, transfers and a small",
      "training job, while nodes crash, the network splits and storms break connections.",
      "The same seed gives the same run. Ends with code 2 when a rule is broken."
    })
public final class SimCommand implements Callable<Integer> {
  private static final String MANY = "How many (${DEFAULT-VALUE}).";

  @Spec private CommandSpec command = CommandSpec.create();

  @Mixin private final Output output = new Output();

  @Option(
      names = "--seed",
      defaultValue = "1",
      paramLabel = "N",
      description = "What is drawn follows from it (${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--validators", defaultValue = "4", description = "1 to 20 (${DEFAULT-VALUE}).")
  private int validators;

  @Option(names = "--miners", defaultValue = "3", description = "0 to 64 (${DEFAULT-VALUE}).")
  private int miners;

  @Option(
      names = "--steps",
      defaultValue = "20",
      description = "Of the training job; 0, or no miners: no job (${DEFAULT-VALUE}).")
  private int steps;

  @Option(names = "--transfers", defaultValue = "10", description = MANY)
  private int transfers;

  @Option(names = "--crashes", defaultValue = "3", description = MANY)
  private int crashes;

  @Option(names = "--splits", defaultValue = "1", description = MANY)
  private int splits;

  @Option(names = "--storms", defaultValue = "1", description = MANY)
  private int storms;

  @Option(names = "--blackout", description = "All validators crash at once, too.")
  private boolean blackout;

  @Option(
      names = "--miners-crash",
      description = "Miners may crash while they train; the job may end without a model then.")
  private boolean minersCrash;

  @Option(names = "--lose-miner", description = "A miner goes for good in one of the first rounds.")
  private boolean loseMiner;

  @Option(
      names = "--fault",
      paramLabel = "ACTOR",
      description =
          "A miner or an auditor deviates: "
              + FaultOption.ACTORS
              + ". A miner's stage needs another: see --miners.")
  private Optional<String> fault = Optional.empty();

  @Option(
      names = "--perjury",
      paramLabel = "KIND",
      description =
          "One of at least five validators votes twice: NOTARIZES_TWICE, FINALIZES_TWICE or"
              + " NULLIFIES_TOO.")
  private Optional<String> perjury = Optional.empty();

  @Option(
      names = "--ambush",
      paramLabel = "BLOW",
      description =
          "Strikes at every moment in the life of an epoch's last block: CRASH, BLACKOUT or SPLIT.")
  private Optional<String> ambush = Optional.empty();

  @Option(
      names = "--feud",
      paramLabel = "KIND",
      description = {
        "What every round is disputed for, between the nodes of a miner and a validator:",
        "LIAR_APPEALS, VICTIMS_APPEAL, FEW_FIND_A_LIAR or FEW_FIND_A_VICTIM. Takes as many nodes",
        "and steps as it needs."
      })
  private Optional<String> feud = Optional.empty();

  @Option(
      names = "--adversaries",
      description = {
        "Instead: trials of small jobs on the rules alone, without consensus, in each of which one",
        "or two of the actors deviate; says by which rule each was met."
      })
  private boolean adversaries;

  @Option(
      names = "--seeds",
      defaultValue = "50",
      description = "Trials with --adversaries, from --seed on (${DEFAULT-VALUE}).")
  private int seeds;

  @Override
  public Integer call() throws Mistake {
    if (adversaries) {
      Mistake.between("--seeds", seeds, 1, Trials.SEEDS_MAX);
      return Trials.run(seed, seeds, output, command.commandLine().getOut());
    }
    Scenario scenario = scenario();
    PrintWriter out = command.commandLine().getOut();
    Consumer<String> story = output.isJson() ? _ -> {} : out::println;
    try {
      Outcome outcome = new World(scenario, story).run();
      output.document(json(outcome), text(outcome));
      return ExitCode.DONE;
    } catch (AssertionError broken) {
      ObjectNode document = Json.object().put("seed", seed).put("replay", scenario.command());
      document.put("broken", String.valueOf(broken.getMessage()));
      output.document(document, "BROKEN    " + broken.getMessage());
      return ExitCode.NODE_FAILED;
    }
  }

  private Scenario scenario() throws Mistake {
    Optional<Feud> kind = EnumOption.parse("--feud", feud, Feud.values());
    if (kind.isPresent()) {
      return Scenario.disputed(seed, kind.get());
    }
    Mistake.between("--validators", validators, 1, Devnet.VALIDATORS_MAX);
    Mistake.between("--miners", miners, 0, Devnet.MINERS_MAX);
    Mistake.between("--steps", steps, 0, Scenario.STEPS_MAX);
    Mistake.between("--transfers", transfers, 0, Scenario.TRANSFERS_MAX);
    Mistake.between("--crashes", crashes, 0, Trouble.DISTURBANCES_MAX);
    Mistake.between("--splits", splits, 0, Trouble.DISTURBANCES_MAX);
    Mistake.between("--storms", storms, 0, Trouble.DISTURBANCES_MAX);
    int trained = miners == 0 ? 0 : steps;
    if (loseMiner && trained == 0) {
      throw new Mistake("--lose-miner needs a job: --miners and --steps above 0");
    }
    if (fault.isPresent() && trained == 0) {
      throw new Mistake("--fault needs a job: --miners and --steps above 0");
    }
    Optional<Fault> actor =
        fault.isPresent() ? Optional.of(FaultOption.actor(fault.get())) : Optional.empty();
    Optional<Perjury> lie = perjury();
    Optional<Blow> blow = EnumOption.parse("--ambush", ambush, Blow.values());
    return new Scenario(
        seed,
        validators,
        miners,
        trained,
        transfers,
        new Trouble(crashes, splits, storms, blackout, minersCrash, loseMiner, blow),
        actor,
        lie,
        Optional.empty());
  }

  private Optional<Perjury> perjury() throws Mistake {
    if (perjury.isEmpty()) {
      return Optional.empty();
    }
    Mistake.between("--validators", validators, Scenario.PERJURED_MIN, Devnet.VALIDATORS_MAX);
    return EnumOption.parse("--perjury", perjury, Perjury.values());
  }

  private static ObjectNode json(Outcome outcome) {
    ObjectNode document = Json.object();
    ArrayNode disputes = document.putArray("disputes");
    outcome.disputes().forEach(it -> disputes.add(json(it)));
    return document
        .put("seed", outcome.scenario().seed())
        .put("height", outcome.height())
        .put("viewsSkipped", outcome.viewsSkipped())
        .put("transfers", outcome.transfers())
        .put("job", outcome.job().map(JobState::name).orElse("NONE"))
        .put("crashes", outcome.crashes())
        .put("virtualMillis", outcome.millis())
        .put("events", outcome.events())
        .put("trace", "%016x".formatted(outcome.trace()))
        .put("replay", outcome.scenario().command());
  }

  private static ObjectNode json(PlayedDispute dispute) {
    return Json.object()
        .put("audit", dispute.drawn().audit())
        .put("stage", dispute.drawn().stage())
        .put("round", dispute.drawn().round())
        .put("appealed", dispute.opened().appealed())
        .put("result", dispute.standing())
        .put("moves", dispute.moves())
        .put("bytes", dispute.bytes());
  }

  private static String text(Outcome outcome) {
    return """
    height    %d, %d views skipped, in %.1f s of virtual time
    transfers %d final, each payee holds what it was given
    job       %s, %d disputes
    crashes   %d, all nodes hold the same state
    trace     %016x over %d events; the same seed gives the same trace
    """
        .formatted(
            outcome.height(),
            outcome.viewsSkipped(),
            outcome.millis() / 1_000.0,
            outcome.transfers(),
            outcome.job().map(JobState::name).orElse("none"),
            outcome.disputes().size(),
            outcome.crashes(),
            outcome.trace(),
            outcome.events());
  }
}

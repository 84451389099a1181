package nimble.node.cli.job;

import java.util.Optional;
import java.util.concurrent.Callable;
import nimble.api.v1.CheckpointRequest;
import nimble.api.v1.CheckpointView;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Protos;
import nimble.node.cli.option.JobNumber;
import nimble.node.cli.option.NodeOptions;
import nimble.node.client.ClientFailure;
import nimble.node.client.NodeClient;
import nimble.node.files.Mistake;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "pin",
    description = "Has the node keep a checkpoint of a job, until `nbcli job unpin`.")
final class JobPin implements Callable<Integer> {
  @Mixin private final Output output = new Output();
  @Mixin private final NodeOptions node = new NodeOptions();
  @Mixin private final Which which = new Which();

  /// Which checkpoint is meant.
  static final class Which {
    @Parameters(paramLabel = "JOB", description = "Its number.")
    private long job;

    @Option(
        names = "--round",
        paramLabel = "N",
        description = "After which it was made, as `nbcli job checkpoints` says (the newest).")
    private Optional<Integer> round = Optional.empty();

    private CheckpointRequest request() throws Mistake {
      CheckpointRequest.Builder request =
          CheckpointRequest.newBuilder().setJob(JobNumber.of(job).value());
      if (round.isPresent() && round.get() < 0) {
        throw Mistake.of("--round must be 0 or more, was %d", round.get());
      }
      round.ifPresent(request::setRound);
      return request.build();
    }
  }

  @Override
  public Integer call() throws Exception {
    CheckpointRequest request = which.request();
    return answer(output, node, client -> client.pin(request), "this node keeps");
  }

  private interface Asking {
    CheckpointView of(NodeClient client) throws ClientFailure;
  }

  private static int answer(Output output, NodeOptions node, Asking asking, String words)
      throws Exception {
    try (NodeClient client = node.connect()) {
      CheckpointView view = asking.of(client);
      output.document(
          Protos.json(view),
          "%s the checkpoint of job %d after round %d, %d steps, in %d stages"
              .formatted(
                  words, view.getJob(), view.getRound(), view.getSteps(), view.getStagesCount()));
      return ExitCode.DONE;
    }
  }

  @Command(name = "unpin", description = "Lets a checkpoint go that the node was told to keep.")
  static final class Unpin implements Callable<Integer> {
    @Mixin private final Output output = new Output();
    @Mixin private final NodeOptions node = new NodeOptions();
    @Mixin private final Which which = new Which();

    @Override
    public Integer call() throws Exception {
      CheckpointRequest request = which.request();
      return answer(output, node, client -> client.unpin(request), "this node lets go of");
    }
  }
}

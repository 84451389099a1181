package nimble.node.cli.job;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import nimble.api.v1.JobView;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Protos;
import nimble.node.client.ClientFailure;
import nimble.node.client.NodeClient;

/// Prints a job's way to its end.
record JobWatching(Output output, NodeClient client) {

  /// The exit code that its end deserves.
  int until(long job) throws ClientFailure {
    AtomicReference<Optional<JobView>> last = new AtomicReference<>(Optional.empty());
    client.watchJob(
        job,
        view -> {
          Optional<JobView> before = last.getAndSet(Optional.of(view));
          boolean shown = before.map(JobTable::line).equals(Optional.of(JobTable.line(view)));
          if (output.isJson() || !shown) {
            output.item(Protos.json(view), JobTable.line(view));
          }
          return true;
        });
    JobView end =
        last.get()
            .orElseThrow(() ->
                new ClientFailure(
                    ClientFailure.Kind.UNAVAILABLE, "the node said nothing of job " + job));
    return switch (end.getState()) {
      case "COMPLETED", "CANCELLED" -> ExitCode.DONE;
      case "FAILED", "EXPIRED" -> ExitCode.NODE_FAILED;
      default ->
          throw new ClientFailure(
              ClientFailure.Kind.UNAVAILABLE,
              "the node stopped telling of job %d, which was %s: watch it again"
                  .formatted(job, end.getState()));
    };
  }
}

package nimble.node.cli.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import nimble.api.v1.JobEventView;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.crypto.AddressForm;
import nimble.genesis.Genesis;
import nimble.node.api.JobViews;
import nimble.node.api.Wire;
import nimble.node.cli.chain.Proving;
import nimble.node.cli.chain.TrustOptions;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Protos;
import nimble.node.cli.option.NodeOptions;
import nimble.node.client.ClientFailure;
import nimble.node.client.LightClient;
import nimble.node.client.NodeClient;
import nimble.training.Job;
import nimble.training.JobEntry;
import nimble.training.Jobs;
import nimble.training.MerkleMountainRange;
import nimble.types.JobId;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "events",
    description = "Lists what happened to a job, checked against the chain's state.")
final class JobEvents implements Callable<Integer> {
  @Mixin private final Output output = new Output();
  @Mixin private final NodeOptions node = new NodeOptions();
  @Mixin private final TrustOptions trust = new TrustOptions();

  @Parameters(paramLabel = "JOB", description = "Its number.")
  private long job;

  @Override
  public Integer call() throws Exception {
    try (NodeClient client = node.connect()) {
      Genesis told = node.genesis(client);
      client.job(job);
      TrustOptions.Known known =
          trust.find(told.chain(), node.network()).orElseGet(() -> TrustOptions.Known.told(told));
      MerkleMountainRange proven = range(Proving.start(client, known));
      List<JobEventView> events = fetch(client, proven.size());
      check(events, proven);
      for (JobEventView each : events) {
        JobEventView event = read(known.addresses(), Wire.from(each.getEntry()));
        ObjectNode json = Protos.json(event).put("verified", true);
        output.item(
            json,
            "%4d  block %d  %s  %s"
                .formatted(
                    event.getIndex(),
                    event.getHeight(),
                    Instant.ofEpochMilli(event.getTimeMillis()),
                    event.getText()));
      }
      output.note(
          "%d events, verified against %s: they give the root %s that the validators' votes finalized"
              .formatted(events.size(), known.words(), proven.root()));
      return ExitCode.DONE;
    }
  }

  /// The job's range of events in state, with its proof checked.
  private MerkleMountainRange range(Proving proving) throws ClientFailure, IOException {
    Bytes key = Jobs.jobKey(new JobId(job));
    LightClient.Proven proven = proving.ask(light -> light.prove("job/" + job, key));
    return Jobs.load(_ -> proven.value(), new JobId(job))
        .map(Job::events)
        .orElseThrow(() -> unproven("the state holds no job " + job));
  }

  private List<JobEventView> fetch(NodeClient client, long size) throws ClientFailure {
    List<JobEventView> events = new ArrayList<>();
    while (events.size() < size) {
      List<JobEventView> more = client.events(job, events.size()).getEventsList();
      if (more.isEmpty()) {
        throw unproven("%d of %d events are missing".formatted(size - events.size(), size));
      }
      events.addAll(more.subList(0, (int) Math.min(more.size(), size - events.size())));
    }
    return events;
  }

  /// All events in order, appended to an empty range, must give the proven one.
  private void check(List<JobEventView> events, MerkleMountainRange proven) throws ClientFailure {
    MerkleMountainRange range = MerkleMountainRange.EMPTY;
    try {
      for (JobEventView event : events) {
        Bytes entry = Wire.from(event.getEntry());
        JobEntry read = Reader.decode(entry, JobEntry::read);
        if (read.job().value() != job || read.sequence() != event.getIndex()) {
          throw new Malformed("event %d is another job's".formatted(event.getIndex()));
        }
        range = range.append(entry);
      }
    } catch (Malformed e) {
      throw unproven(e.reason());
    }
    if (!range.root().equals(proven.root())) {
      throw unproven("they give root %s, the state has %s".formatted(range.root(), proven.root()));
    }
  }

  /// What a proven entry says, in our words: the node's beside it are proven by nothing.
  static JobEventView read(AddressForm form, Bytes entry) throws Malformed {
    return JobViews.event(form, Reader.decode(entry, JobEntry::read));
  }

  private ClientFailure unproven(String reason) {
    return new ClientFailure(
        ClientFailure.Kind.UNAVAILABLE,
        "the events of job %d are not proven: %s; ask another node".formatted(job, reason));
  }
}

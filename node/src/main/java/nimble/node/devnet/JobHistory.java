package nimble.node.devnet;

import java.util.ArrayList;
import java.util.List;
import nimble.api.v1.JobEventView;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.node.client.ClientFailure;
import nimble.node.client.NodeClient;
import nimble.training.AuditEvent;
import nimble.training.JobEntry;
import nimble.training.JobEvent;

/// What happened to a job, as its events tell it.
record JobHistory(List<JobEntry> entries) {
  /// A slash and the block in which it was.
  record Slash(AuditEvent.Slashed what, long height) {}

  JobHistory {
    entries = List.copyOf(entries);
  }

  static JobHistory of(NodeClient client, long job) throws ClientFailure {
    List<JobEntry> entries = new ArrayList<>();
    List<JobEventView> more = client.events(job, 0).getEventsList();
    while (!more.isEmpty()) {
      for (JobEventView view : more) {
        entries.add(decode(view));
      }
      more = client.events(job, entries.size()).getEventsList();
    }
    return new JobHistory(entries);
  }

  private static JobEntry decode(JobEventView view) throws ClientFailure {
    try {
      return Reader.decode(Bytes.copyOf(view.getEntry().toByteArray()), JobEntry::read);
    } catch (Malformed e) {
      throw new ClientFailure(
          ClientFailure.Kind.UNAVAILABLE, "the node sent a malformed event: " + e.reason());
    }
  }

  List<Slash> slashes() {
    List<Slash> slashes = new ArrayList<>();
    for (JobEntry entry : entries) {
      if (entry.event() instanceof AuditEvent.Slashed slashed) {
        slashes.add(new Slash(slashed, entry.at().height()));
      }
    }
    return slashes;
  }

  /// Of all miners that held a stage, also of those that no longer do.
  long strikes() {
    return entries.stream().filter(entry -> entry.event() instanceof JobEvent.Struck).count();
  }
}

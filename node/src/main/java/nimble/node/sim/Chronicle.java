package nimble.node.sim;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import nimble.node.Node;
import nimble.training.AuditEvent;
import nimble.training.JobEntry;
import nimble.training.JobEvent;
import nimble.types.Address;
import nimble.types.JobId;

/// What a job's events say about its miners.
final class Chronicle {
  private final Trace trace;
  private final TreeMap<Address, String> slashed = new TreeMap<>();
  private final TreeMap<Address, String> struck = new TreeMap<>();
  private final TreeSet<Address> suspected = new TreeSet<>();
  private final TreeSet<Integer> starts = new TreeSet<>(Set.of(0));
  private final List<JobEntry> entries = new ArrayList<>();

  Chronicle(Trace trace) {
    this.trace = trace;
  }

  /// Reads on, as far as `by` knows.
  void read(JobId job, Node by) {
    List<JobEntry> more = by.chain().events(job, entries.size(), JobEntry.PER_BLOCK_MAX);
    more.forEach(entry -> note(entry.event()));
    entries.addAll(more);
  }

  /// All that happened so far.
  List<JobEntry> entries() {
    return Collections.unmodifiableList(entries);
  }

  private void note(JobEvent event) {
    switch (event) {
      case AuditEvent.Slashed it -> {
        slashed.put(it.miner(), it.reason());
        trace.tell(
            "stage %d is slashed, %d of %d go to the job: %s"
                .formatted(it.stage(), it.toJob(), it.amount(), it.reason()));
      }
      case JobEvent.Struck it -> {
        struck.put(it.miner(), it.reason());
        trace.tell("stage %d gets a strike: %s".formatted(it.stage(), it.reason()));
      }
      case JobEvent.RollCalled it ->
          trace.tell("round %d: whoever holds a stage has to accept again".formatted(it.round()));
      case AuditEvent.ResumePointReached it -> starts.add(it.round() + 1);
      case AuditEvent.WentBack it -> {
        // W19
        Referee.check(starts.contains(it.round()), "the job goes back to round %d", it.round());
        trace.tell("the job goes back to round %d: %s".formatted(it.round(), it.reason()));
      }
      case AuditEvent.DriftReported it ->
          trace.tell(
              "stage %d drifts, says an auditor: z %d/1000".formatted(it.stage(), it.milliZ()));
      case AuditEvent.Suspected it -> {
        suspected.add(it.miner());
        trace.tell("stage %d is suspected".formatted(it.stage()));
      }
      case AuditEvent.Challenged it ->
          trace.tell("audit %d: the data is challenged".formatted(it.audit()));
      case AuditEvent.Answered it ->
          trace.tell("audit %d: the data is there".formatted(it.audit()));
      case AuditEvent.Contested it -> trace.tell("audit %d is contested".formatted(it.audit()));
      case AuditEvent.Disputed it ->
          trace.tell(
              "audit %d is disputed, %s"
                  .formatted(it.audit(), it.appealed() ? "on appeal" : "as too few can vote"));
      case AuditEvent.DisputeMoved it ->
          trace.tell(
              "move %d in the dispute of audit %d: %d bytes"
                  .formatted(it.number() + 1, it.audit(), it.bytes()));
      case AuditEvent.DisputeEnded it ->
          trace.tell("the dispute of audit %d ends: %s".formatted(it.audit(), it.result()));
      default -> {
        // Nothing that tells how miners fare.
      }
    }
  }

  /// Whose deviations add up, as two auditors said.
  Set<Address> suspected() {
    return new TreeSet<>(suspected);
  }

  /// Why each miner was slashed that was.
  Map<Address, String> slashed() {
    return new TreeMap<>(slashed);
  }

  /// Why each miner got its last strike that has any.
  Map<Address, String> struck() {
    return new TreeMap<>(struck);
  }
}

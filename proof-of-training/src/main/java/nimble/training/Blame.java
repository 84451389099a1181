package nimble.training;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import nimble.types.Address;

/// What a job's events (J11) hold against somebody, in the words of the chain.
public final class Blame {
  private final Address who;
  private final TreeMap<Integer, Address> holders = new TreeMap<>();
  private String slashed = "";
  private String struck = "";
  private String forfeits = "";
  private long forfeited;
  private long conceded;

  private Blame(Address who) {
    this.who = who;
  }

  /// The worst of it: a slash, a strike, what it forfeited, what it conceded; the last of its kind.
  ///
  /// @param entries of one job, from its first
  public static Optional<String> of(Collection<JobEntry> entries, Address who) {
    Blame blame = new Blame(who);
    entries.forEach(entry -> blame.take(entry.event()));
    return blame.worst();
  }

  private void take(JobEvent event) {
    switch (event) {
      case JobEvent.Matched it -> holders.put(it.stage(), it.miner());
      case AuditEvent.Slashed it when it.miner().equals(who) -> slashed = it.reason();
      case JobEvent.Struck it when it.miner().equals(who) -> struck = it.reason();
      case AuditEvent.Forfeited it when it.auditor().equals(who) -> {
        forfeits = it.reason();
        forfeited = Math.addExact(forfeited, it.amount());
      }
      case AuditEvent.AuditClosed it
          when it.outcome() == AuditOutcome.CONCEDED && who.equals(holders.get(it.stage())) ->
          conceded++;
      default -> {
        // Says nothing about it.
      }
    }
  }

  private Optional<String> worst() {
    List<String> found =
        List.of(
            slashed.isEmpty() ? "" : slashed + ": slashed",
            struck.isEmpty() ? "" : struck + ": a strike",
            forfeits.isEmpty() ? "" : "%s: forfeited %,d nim-units".formatted(forfeits, forfeited),
            conceded == 0 ? "" : "J18: conceded %d rounds".formatted(conceded));
    return found.stream().filter(words -> !words.isEmpty()).findFirst();
  }
}

package nimble.node.devnet;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import nimble.api.v1.JobEventView;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.node.client.ClientFailure;
import nimble.node.client.NodeClient;
import nimble.training.AuditEvent;
import nimble.training.JobEntry;
import nimble.training.JobEvent;
import nimble.training.PlayedDispute;
import nimble.types.Address;
import nimble.types.Hash;

/// What happened to a job, as its events tell it.
public record JobHistory(List<JobEntry> entries) {
  /// A slash and the block in which it was.
  public record Slash(AuditEvent.Slashed what, long height) {}

  private static final double MILLIS_PER_SECOND = 1_000;

  public JobHistory {
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

  List<PlayedDispute> disputes() {
    return PlayedDispute.of(entries);
  }

  /// Of all miners that held a stage, also of those that no longer do.
  long strikes() {
    return entries.stream().filter(entry -> entry.event() instanceof JobEvent.Struck).count();
  }

  /// What the job's escrow gave for a miner's work, protocol fee included.
  long paidTo(Address miner) {
    return entries.stream()
        .mapToLong(entry ->
            entry.event() instanceof JobEvent.Paid it && it.miner().equals(miner)
                ? Math.addExact(it.net(), it.fee())
                : 0)
        .sum();
  }

  /// Metered operations of settled and paid rounds, by miner.
  SortedMap<Address, Long> operationsPaid() {
    SortedMap<Address, Long> paid = new TreeMap<>();
    for (JobEntry entry : entries) {
      if (entry.event() instanceof JobEvent.Paid it) {
        paid.merge(it.miner(), it.operations(), Math::addExact);
      }
    }
    return paid;
  }

  /// Who showed which numeric class of which stage's program, miners and validators alike.
  SortedMap<Integer, SortedMap<Hash, SortedSet<Address>>> classes() {
    SortedMap<Integer, SortedMap<Hash, SortedSet<Address>>> shown = new TreeMap<>();
    SortedMap<Integer, Address> holders = new TreeMap<>();
    for (JobEntry entry : entries) {
      switch (entry.event()) {
        case JobEvent.Matched it -> holders.put(it.stage(), it.miner());
        case JobEvent.ClassOpened it ->
            Optional.ofNullable(holders.get(it.stage()))
                .ifPresent(miner -> show(shown, it.stage(), it.numericClass(), miner));
        case AuditEvent.AuditorJoined it ->
            show(shown, it.stage(), it.numericClass(), it.auditor());
        default -> {}
      }
    }
    return shown;
  }

  private static void show(
      SortedMap<Integer, SortedMap<Hash, SortedSet<Address>>> shown,
      int stage,
      Hash numericClass,
      Address who) {
    shown
        .computeIfAbsent(stage, _ -> new TreeMap<>())
        .computeIfAbsent(numericClass, _ -> new TreeSet<>())
        .add(who);
  }

  /// From the first commitment, false from the start, to the first slash, by block time.
  OptionalDouble secondsToSlash() {
    return seconds(firstSlash());
  }

  /// From the first commitment to the first round that all stages committed to after the slash.
  OptionalDouble secondsToGoodRound() {
    OptionalInt slash = firstSlash();
    return slash.isEmpty()
        ? OptionalDouble.empty()
        : seconds(first(slash.getAsInt(), JobEvent.RoundCommitted.class));
  }

  private OptionalInt firstSlash() {
    return first(0, AuditEvent.Slashed.class);
  }

  private OptionalInt first(int from, Class<? extends JobEvent> kind) {
    return IntStream.range(from, entries.size())
        .filter(i -> kind.isInstance(entries.get(i).event()))
        .findFirst();
  }

  private OptionalDouble seconds(OptionalInt to) {
    OptionalInt from = first(0, JobEvent.RoundCommitted.class);
    if (from.isEmpty() || to.isEmpty()) {
      return OptionalDouble.empty();
    }
    long millis = millis(to.getAsInt()) - millis(from.getAsInt());
    return OptionalDouble.of(millis / MILLIS_PER_SECOND);
  }

  private long millis(int index) {
    return entries.get(index).at().timeMillis();
  }
}

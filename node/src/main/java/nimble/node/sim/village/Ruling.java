package nimble.node.sim.village;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.training.AuditEvent;
import nimble.training.Blame;
import nimble.training.Job;
import nimble.training.JobEntry;
import nimble.training.JobEvent;
import nimble.training.fault.Fault.Fate;
import nimble.types.Address;

/// How everybody fared in one trial.
///
/// @param cast who deviates
/// @param gained what the developer and the first three miners have more than before
public record Ruling(
    long seed,
    List<Actor> actors,
    SortedMap<Address, Actor> cast,
    Job job,
    List<JobEntry> entries,
    long gained) {

  /// X3, X4, X6.
  Ruling check() {
    require(job.state().isFinal(), "the job does not end: %s".formatted(job.status()));
    for (JobEntry entry : entries) {
      if (entry.event() instanceof AuditEvent.Slashed slashed) {
        Optional<Actor> actor = Optional.ofNullable(cast.get(slashed.miner()));
        boolean guilty =
            actor
                .flatMap(Actor::fault)
                .filter(it -> it.fate() == Fate.SLASHED || it.fate() == Fate.CAUGHT)
                .isPresent();
        require(guilty, "%s is slashed: %s".formatted(slashed.miner(), slashed.reason()));
      }
    }
    cast.forEach(this::check);
    if (actors.contains(Actor.PAYS_ITSELF)) {
      require(gained < 0, "who pays itself gains %d".formatted(gained));
    }
    return this;
  }

  private void check(Address who, Actor actor) {
    Fate fate = hasMatched(who) || !actor.mines() ? actor.fault().orElseThrow().fate() : Fate.NONE;
    boolean slashed =
        entries.stream()
            .anyMatch(
                it -> it.event() instanceof AuditEvent.Slashed event && event.miner().equals(who));
    boolean struck = !strikes(who).isEmpty();
    switch (fate) {
      case SLASHED ->
          // Two of seven that vote against the truth may turn a conviction into doubt.
          require(slashed || (auditors() > 1 && struck), "%s is not slashed".formatted(actor));
      case CAUGHT -> require(slashed || struck, "%s is not caught".formatted(actor));
      case REPLACED -> require(struck || job.refused().contains(who), actor + " is not noticed");
      case NONE -> require(!slashed, actor + " is slashed");
    }
    if (fate == Fate.SLASHED || fate == Fate.CAUGHT) {
      long gain = paid(who, 1) - taken(who);
      require(gain <= 0 || auditors() > 1, "%s gains %d".formatted(actor, gain));
    }
  }

  /// Accomplices of a miner hold no stage.
  private boolean hasMatched(Address miner) {
    return entries.stream()
        .anyMatch(it -> it.event() instanceof JobEvent.Matched at && at.miner().equals(miner));
  }

  private int auditors() {
    return actors.stream().mapToInt(Actor::auditors).sum();
  }

  /// For rounds from `first`. Of liars the first is honest: so long a probe would last.
  private long paid(Address miner, int first) {
    return entries.stream()
        .mapToLong(it ->
            it.event() instanceof JobEvent.Paid paid
                    && paid.miner().equals(miner)
                    && paid.round() >= first
                ? paid.net()
                : 0)
        .sum();
  }

  private long taken(Address miner) {
    return entries.stream()
        .mapToLong(it ->
            it.event() instanceof AuditEvent.Slashed slashed && slashed.miner().equals(miner)
                ? slashed.amount()
                : 0)
        .sum();
  }

  private List<String> strikes(Address miner) {
    return entries.stream()
        .flatMap(it ->
            it.event() instanceof JobEvent.Struck struck && struck.miner().equals(miner)
                ? Optional.of(struck.reason()).stream()
                : Optional.<String>empty().stream())
        .toList();
  }

  /// In nim-units, of who deviates as an auditor: what it was paid, less what it forfeited.
  public SortedMap<Actor, Long> fees() {
    TreeMap<Actor, Long> sums = new TreeMap<>();
    for (JobEntry entry : entries) {
      switch (entry.event()) {
        case AuditEvent.AuditPaid it -> add(sums, it.auditor(), it.amount());
        case AuditEvent.Forfeited it -> add(sums, it.auditor(), -it.amount());
        default -> {
          // Nothing that an auditor earns or loses.
        }
      }
    }
    return sums;
  }

  private void add(Map<Actor, Long> sums, Address who, long amount) {
    Optional.ofNullable(cast.get(who)).ifPresent(actor -> sums.merge(actor, amount, Long::sum));
  }

  /// By which rule each actor was met, in the words of the chain.
  public SortedMap<Actor, String> rules() {
    TreeMap<Actor, String> found = new TreeMap<>();
    cast.forEach(
        (who, actor) -> Blame.of(entries, who).ifPresent(words -> found.putIfAbsent(actor, words)));
    if (actors.contains(Actor.FALSE_ACCUSER)) {
      found.putIfAbsent(Actor.FALSE_ACCUSER, "J18: is outvoted, and not paid");
    }
    if (actors.contains(Actor.PAYS_ITSELF)) {
      found.put(Actor.PAYS_ITSELF, "J6: loses %d nim-units in fees".formatted(-gained));
    }
    for (Actor actor : actors) {
      found.putIfAbsent(actor, "nothing: it gained nothing");
    }
    return found;
  }

  private void require(boolean holds, String otherwise) {
    if (!holds) {
      List<String> story = new ArrayList<>();
      entries.forEach(entry -> story.add(entry.event().getClass().getSimpleName()));
      throw new AssertionError(
          "%s%nreplay: nimble sim --adversaries --seed %d --seeds 1%n%s%n%s"
              .formatted(otherwise, seed, actors, story));
    }
  }
}

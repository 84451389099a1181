package nimble.node.sim.village;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import nimble.training.fault.Fault;

/// Everybody that proof of training must live with (section 11), by name.
public enum Actor {
  SKIPS_WORK(Fault.SKIPS_WORK),
  STALE_WEIGHTS(Fault.STALE_WEIGHTS),
  QUANTISES_WEIGHTS(Fault.QUANTISES_WEIGHTS),
  POISONS_LOW_RANK(Fault.POISONS_LOW_RANK),
  FORGES_LOSS(Fault.FORGES_LOSS),
  ANNOUNCES_HUGE_NORM(Fault.ANNOUNCES_HUGE_NORM),
  REFUSES_EDGE(Fault.REFUSES_EDGE),
  WITHHOLDS_DATA(Fault.WITHHOLDS_DATA),
  HIDES_WHEN_CAUGHT(Fault.HIDES_WHEN_CAUGHT),
  VANISHES_MID_ROUND(Fault.VANISHES_MID_ROUND),
  WRONG_CLASS_CLAIM(Fault.WRONG_CLASS_CLAIM),
  /// False work that appeals, to be disputed.
  STANDS_BY_IT(Fault.STANDS_BY_IT),
  /// With two auditors that show the same class.
  PRIVATE_CLASS(Fault.PRIVATE_CLASS),
  /// Skips work, and leads three blocks of every ten: chooses their beacons, and leaves out what is
  /// said about it.
  THREE_LEADERS_IN_A_ROW("ThreeLeadersInARow", Fault.SKIPS_WORK),
  LAZY_AUDITOR(Fault.LAZY_AUDITOR),
  COPIES_VERDICT(Fault.COPIES_VERDICT),
  SILENT_AUDITORS(Fault.SILENT_AUDITORS),
  COLLUDING_PAIR(Fault.COLLUDING_PAIR),
  FALSE_ACCUSER(Fault.FALSE_ACCUSER),
  /// Orders its own work: it is the developer, and holds all stages.
  PAYS_ITSELF("PaysItself"),
  /// Honest.
  BIT_FLIP(Fault.BIT_FLIP),
  /// Honest: an auditor is away for an hour, and the network stands still for another.
  OUTAGE_OF_AN_HOUR(Fault.OUTAGE_OF_AN_HOUR),
  // At the end, as seeds count actors from the start.
  MISCODES_GRADIENT(Fault.MISCODES_GRADIENT),
  FORGES_OPENINGS(Fault.FORGES_OPENINGS),
  POISON_CREEPS(Fault.POISON_CREEPS);

  private final String word;
  private final Optional<Fault> fault;

  Actor(Fault fault) {
    this(fault.toString(), fault);
  }

  Actor(String word, Fault fault) {
    this.word = word;
    this.fault = Optional.of(fault);
  }

  Actor(String word) {
    this.word = word;
    this.fault = Optional.empty();
  }

  public static Optional<Actor> of(String word) {
    return Stream.of(values()).filter(actor -> actor.word.equals(word)).findFirst();
  }

  /// What its roles do.
  Optional<Fault> fault() {
    return fault;
  }

  boolean mines() {
    return fault.filter(it -> it.side() == Fault.Side.MINER).isPresent();
  }

  /// Validators that it takes.
  int auditors() {
    boolean audits = fault.filter(it -> it.side() == Fault.Side.AUDITOR).isPresent();
    boolean two = this == COLLUDING_PAIR || this == SILENT_AUDITORS || this == PRIVATE_CLASS;
    return two ? 2 : audits ? 1 : 0;
  }

  /// Whether the two can take part in one job: there are seven validators, two of which may
  /// deviate, and one miner that does.
  static boolean together(Actor one, Actor other) {
    List<Actor> both = List.of(one, other);
    return !one.equals(other)
        && both.stream().filter(Actor::mines).count() <= 1
        && both.stream().mapToInt(Actor::auditors).sum() <= 2
        && (!both.contains(PAYS_ITSELF) || both.stream().noneMatch(Actor::mines));
  }

  @Override
  public String toString() {
    return word;
  }
}

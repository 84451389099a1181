package nimble.training.role.miner;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import nimble.chain.StageSlot;
import nimble.training.Audit;
import nimble.training.role.KeepDuty;
import nimble.types.JobId;

/// What a miner keeps on its shelf together and gives up together (R18).
///
/// @param attempt at which it was computed
/// @param round for a state: the one that starts with it; for shards: the audit's number
record ShelfGroup(Kind kind, StageSlot slot, int attempt, int round)
    implements Comparable<ShelfGroup> {
  /// What is kept; the word is the beginning of the group's name.
  enum Kind {
    /// Gradients and edges of a round, and its [nimble.training.role.evidence.RoundIndex] as the
    /// document.
    ROUND("round"),
    /// The state at a round's start, and its [StateName] as the document.
    STATE("state"),
    /// The state at a round's start of the stage before, for which this miner is the custodian.
    COPY("copy"),
    /// Shards of a challenged audit's data, and their list as the document.
    SHARDS("shards");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    private static Kind of(String word) {
      return Stream.of(values()).filter(kind -> kind.word.equals(word)).findFirst().orElseThrow();
    }
  }

  private static final int NUMBER_MAX = 999_999_999;
  private static final Pattern NAME =
      Pattern.compile(
          "(round|state|copy|shards)-(\\d{1,19})-(\\d{1,3})-(\\d{1,3})-(\\d{1,9})-(\\d{1,9})");
  private static final Comparator<ShelfGroup> ORDER =
      Comparator.comparing(ShelfGroup::slot)
          .thenComparing(ShelfGroup::kind)
          .thenComparingInt(ShelfGroup::round)
          .thenComparingInt(ShelfGroup::attempt);

  static ShelfGroup round(StageSlot slot, int attempt, int round) {
    return new ShelfGroup(Kind.ROUND, slot, attempt, round);
  }

  static ShelfGroup state(StageSlot slot, int attempt, int round) {
    return new ShelfGroup(Kind.STATE, slot, attempt, round);
  }

  /// Of the checkpoint that a duty is about.
  static ShelfGroup copy(KeepDuty duty) {
    return new ShelfGroup(Kind.COPY, duty.slot(), duty.attempt(), duty.round() + 1);
  }

  static ShelfGroup shards(Audit audit) {
    return shards(audit.slot(), audit.attempt(), audit.id().number());
  }

  static ShelfGroup shards(StageSlot slot, int attempt, long audit) {
    return new ShelfGroup(Kind.SHARDS, slot, attempt, (int) Math.min(audit, NUMBER_MAX));
  }

  String name() {
    return "%s-%d-%d-%d-%d-%d"
        .formatted(kind.word, slot.job().value(), slot.stage(), slot.replica(), attempt, round);
  }

  /// Empty for what others keep on the shelf.
  static Optional<ShelfGroup> of(String name) {
    Matcher parts = NAME.matcher(name);
    if (!parts.matches()) {
      return Optional.empty();
    }
    return Optional.of(
        new ShelfGroup(
            Kind.of(parts.group(1)),
            new StageSlot(
                new JobId(Long.parseLong(parts.group(2))), number(parts, 3), number(parts, 4)),
            number(parts, 5),
            number(parts, 6)));
  }

  private static int number(Matcher parts, int group) {
    return Integer.parseInt(parts.group(group));
  }

  @Override
  public int compareTo(ShelfGroup other) {
    return ORDER.compare(this, other);
  }
}

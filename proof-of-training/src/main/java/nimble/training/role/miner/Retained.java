package nimble.training.role.miner;

import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import nimble.training.role.KeepDuty;
import nimble.types.PublicKey;

/// What a miner must still be able to show, whoever holds its stages by now.
///
/// @param unsettled its rounds that can be audited
/// @param validators hot keys of those that may ask
/// @param copies checkpoints of the stages before its own
/// @param accusations by slot: rounds of its that somebody finds wrong
/// @param challenged its audits of which the data is asked for on chain
public record Retained(
    SortedSet<RoundName> unsettled,
    SortedSet<PublicKey> validators,
    List<KeepDuty> copies,
    List<Accusations> accusations,
    List<ShardOrder> challenged) {
  public static final Retained NOTHING =
      new Retained(
          Collections.emptySortedSet(),
          Collections.emptySortedSet(),
          List.of(),
          List.of(),
          List.of());

  public Retained {
    unsettled = Collections.unmodifiableSortedSet(new TreeSet<>(unsettled));
    copies = List.copyOf(copies);
    accusations = List.copyOf(accusations);
    challenged = List.copyOf(challenged);
    validators = Collections.unmodifiableSortedSet(new TreeSet<>(validators));
  }
}

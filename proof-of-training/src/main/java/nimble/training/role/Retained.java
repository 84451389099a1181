package nimble.training.role;

import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import nimble.types.PublicKey;

/// What a miner must still be able to show, whoever holds its stages by now.
///
/// @param unsettled its rounds that can be audited
/// @param validators hot keys of those that may ask
/// @param copies checkpoints of the stages before its own
public record Retained(
    SortedSet<RoundName> unsettled, SortedSet<PublicKey> validators, List<KeepDuty> copies) {
  public static final Retained NOTHING =
      new Retained(Collections.emptySortedSet(), Collections.emptySortedSet(), List.of());

  public Retained {
    unsettled = Collections.unmodifiableSortedSet(new TreeSet<>(unsettled));
    copies = List.copyOf(copies);
    validators = Collections.unmodifiableSortedSet(new TreeSet<>(validators));
  }
}

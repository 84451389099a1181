package nimble.node.work;

import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import nimble.ledger.Miners;
import nimble.ledger.StateView;
import nimble.ledger.Validators;
import nimble.training.Deployment;
import nimble.types.Address;
import nimble.types.PublicKey;

/// Whose deployments a node serves as their gateway (W8): beside those that its operator named, the
/// accounts for which it validates or mines.
///
/// @param anybody whoever asks, named or not
public record Patrons(boolean anybody, SortedSet<Address> named) {
  public static final Patrons ANYBODY = new Patrons(true, Collections.emptySortedSet());

  /// Nobody but itself.
  public static final Patrons NONE = of(Collections.emptySortedSet());

  public Patrons {
    named = Collections.unmodifiableSortedSet(new TreeSet<>(named));
  }

  public static Patrons of(SortedSet<Address> named) {
    return new Patrons(false, named);
  }

  /// Of these deployments, all of which name the node as their gateway, those that it serves.
  public List<Deployment> served(StateView state, PublicKey node, List<Deployment> used) {
    SortedSet<Address> all = all(state, node);
    return used.stream().filter(it -> anybody || all.contains(it.order().sender())).toList();
  }

  /// Those whom it knows by name.
  public SortedSet<Address> all(StateView state, PublicKey node) {
    SortedSet<Address> all = new TreeSet<>(named);
    Validators.byHotKey(state, node).ifPresent(account -> all.add(account));
    Miners.byHotKey(state, node).ifPresent(account -> all.add(account));
    return all;
  }
}

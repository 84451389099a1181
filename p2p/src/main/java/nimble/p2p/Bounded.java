package nimble.p2p;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/// A set that remembers its newest `max` members.
public final class Bounded<T> {
  private final LinkedHashSet<T> members = new LinkedHashSet<>();
  private final int max;

  public Bounded(int max) {
    this.max = max;
  }

  public boolean contains(T member) {
    return members.contains(member);
  }

  /// Whether it is new.
  public boolean add(T member) {
    boolean isNew = members.add(member);
    if (members.size() > max) {
      members.removeFirst();
    }
    return isNew;
  }

  /// Whether it was there.
  public boolean remove(T member) {
    return members.remove(member);
  }

  /// Those that it remembers.
  public Set<T> all() {
    return Collections.unmodifiableSet(members);
  }

  public int size() {
    return members.size();
  }
}

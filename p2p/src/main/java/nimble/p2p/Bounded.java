package nimble.p2p;

import java.util.LinkedHashSet;

/// A set that remembers its newest `max` members.
final class Bounded<T> {
  private final LinkedHashSet<T> members = new LinkedHashSet<>();
  private final int max;

  Bounded(int max) {
    this.max = max;
  }

  boolean contains(T member) {
    return members.contains(member);
  }

  /// Whether it is new.
  boolean add(T member) {
    boolean isNew = members.add(member);
    if (members.size() > max) {
      members.removeFirst();
    }
    return isNew;
  }

  /// Whether it was there.
  boolean remove(T member) {
    return members.remove(member);
  }

  int size() {
    return members.size();
  }
}

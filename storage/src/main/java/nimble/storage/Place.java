package nimble.storage;

import java.util.Comparator;
import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// A point of the consensus: the view of an epoch.
public record Place(long epoch, long view) implements Comparable<Place> {
  public static final Place START = new Place(0, 0);

  private static final Comparator<Place> ORDER =
      Comparator.comparingLong(Place::epoch).thenComparingLong(Place::view);

  public Place {
    Invariant.check(epoch >= 0 && view >= 0, "epoch %d view %d", epoch, view);
  }

  public boolean isBelow(Place other) {
    return compareTo(other) < 0;
  }

  Place max(Place other) {
    return isBelow(other) ? other : this;
  }

  void write(Writer writer) {
    writer.i64(epoch).i64(view);
  }

  static Place read(Reader reader) throws Malformed {
    return new Place(reader.i64(), reader.i64());
  }

  @Override
  public int compareTo(Place other) {
    return ORDER.compare(this, other);
  }
}

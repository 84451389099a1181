package nimble.storage;

import java.util.List;
import java.util.Optional;
import nimble.codec.Bytes;

/// What can be read of a database: as it stands, or as it stood ([Database.View]).
public interface Contents {
  Optional<Bytes> get(Family family, Bytes key);

  /// The entries of a bounded range, in its order.
  List<Entry> scan(Family family, Range range);
}

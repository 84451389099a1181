package nimble.storage;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import nimble.codec.Bytes;

/// What can be read of a database: as it stands, or as it stood ([Database.View]).
public interface Contents {
  Optional<Bytes> get(Family family, Bytes key);

  /// The entries of a bounded range, in its order.
  List<Entry> scan(Family family, Range range);

  /// What `reading` makes of several entries of one moment, whatever is written meanwhile (D5). It
  /// should be quick: what is overwritten stays on disk until then. What it is given is of no use
  /// after it.
  <T> T still(Function<? super Contents, T> reading);
}

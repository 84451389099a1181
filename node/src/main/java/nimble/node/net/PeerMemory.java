package nimble.node.net;

import java.util.Optional;
import nimble.codec.Bytes;

/// Where [Peers] keeps what it knows from one process to the next (C6).
public interface PeerMemory {
  /// What was saved last; empty when nothing was.
  Optional<Bytes> load();

  /// Whole or not at all.
  void save(Bytes remembered);

  /// A secret for a memory that begins anew.
  Bytes salt();
}

package nimble.node.net;

import java.util.Optional;
import nimble.codec.Bytes;
import nimble.types.PublicKey;

/// What a node remembers of others, kept by a test.
final class MemoryOfPeers implements PeerMemory {
  private final PublicKey self;
  Optional<Bytes> saved = Optional.empty();

  MemoryOfPeers(PublicKey self) {
    this.self = self;
  }

  @Override
  public Optional<Bytes> load() {
    return saved;
  }

  @Override
  public void save(Bytes remembered) {
    saved = Optional.of(remembered);
  }

  @Override
  public Bytes salt() {
    return self.bytes();
  }
}

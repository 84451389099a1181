package nimble.p2p;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.List;
import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.p2p.wire.Wire;
import nimble.types.Hash;

/// "I have these."
public record Announce(List<Hash> hashes) {
  public static final int HASHES_MAX = 512;

  public Announce {
    Invariant.check(
        !hashes.isEmpty() && hashes.size() <= HASHES_MAX, "%d hashes announced", hashes.size());
    hashes = List.copyOf(hashes);
  }

  public Message message(Kind kind) {
    Wire.Announce.Builder wire = Wire.Announce.newBuilder();
    hashes.forEach(hash -> wire.addHashes(Envelope.of(hash.bytes())));
    return Envelope.message(kind, wire.build());
  }

  public static Announce decode(Message message) throws Malformed {
    try {
      Wire.Announce wire = Wire.Announce.parseFrom(message.payload().asBuffer());
      return new Announce(Envelope.hashes(wire.getHashesList(), 1, HASHES_MAX));
    } catch (InvalidProtocolBufferException e) {
      throw Envelope.malformed(message.kind(), e);
    }
  }
}

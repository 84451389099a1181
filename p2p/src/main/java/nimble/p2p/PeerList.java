package nimble.p2p;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.List;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.p2p.wire.Wire;
import nimble.types.PublicKey;

/// "These can be dialled": addresses that the sender was connected to, each with the key it found
/// there. To the receiver both are hearsay.
public record PeerList(List<PeerAddress> addresses) {
  public static final int ADDRESSES_MAX = 32;
  public static final Message ASK = new Message(Kind.PEERS_GET, Bytes.EMPTY);

  public PeerList {
    Invariant.check(addresses.size() <= ADDRESSES_MAX, "%d addresses", addresses.size());
    addresses = List.copyOf(addresses);
  }

  public Message message() {
    Wire.Peers.Builder wire = Wire.Peers.newBuilder();
    for (PeerAddress address : addresses) {
      Wire.PeerEntry.Builder entry =
          Wire.PeerEntry.newBuilder().setHost(address.host()).setPort(address.port());
      address.peer().ifPresent(key -> entry.setKey(Envelope.of(key.bytes())));
      wire.addPeers(entry);
    }
    return Envelope.message(Kind.PEERS, wire.build());
  }

  public static PeerList decode(Message message) throws Malformed {
    try {
      Wire.Peers wire = Wire.Peers.parseFrom(message.payload().asBuffer());
      if (wire.getPeersCount() > ADDRESSES_MAX) {
        throw new Malformed(
            "%d addresses, at most %d".formatted(wire.getPeersCount(), ADDRESSES_MAX));
      }
      List<PeerAddress> addresses = new ArrayList<>();
      for (Wire.PeerEntry entry : wire.getPeersList()) {
        addresses.add(address(entry));
      }
      return new PeerList(addresses);
    } catch (InvalidProtocolBufferException e) {
      throw Envelope.malformed(message.kind(), e);
    }
  }

  private static PeerAddress address(Wire.PeerEntry entry) throws Malformed {
    int port = entry.getPort();
    if (!PeerAddress.isHost(entry.getHost()) || port <= 0 || port > PeerAddress.PORT_MAX) {
      throw new Malformed("a peer at no address");
    }
    Bytes key = Envelope.of(entry.getKey());
    if (!key.isEmpty() && key.size() != PublicKey.SIZE) {
      throw new Malformed("a peer's key of %d bytes".formatted(key.size()));
    }
    PeerAddress place = PeerAddress.of(entry.getHost(), port);
    return key.isEmpty() ? place : place.withPeer(new PublicKey(key));
  }
}

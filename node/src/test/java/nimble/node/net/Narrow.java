package nimble.node.net;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import nimble.codec.Malformed;
import nimble.node.Alone;
import nimble.p2p.Chunk;
import nimble.p2p.ForwardingNetwork;
import nimble.p2p.Lane;
import nimble.p2p.LaneState;
import nimble.p2p.Message;
import nimble.p2p.Sent;
import nimble.types.PublicKey;

/// A network with as much room for answers as a test says, and none that are made in vain.
public final class Narrow extends ForwardingNetwork {
  public final List<Chunk> sent = new ArrayList<>();
  public long room = Integer.MAX_VALUE;

  public Narrow(PublicKey self) {
    super(Alone.network(self));
  }

  @Override
  public LaneState lane(PublicKey peer, Lane lane) {
    return new LaneState(true, 0, room);
  }

  @Override
  public Sent send(PublicKey peer, Lane lane, Message message) {
    assertTrue(message.payload().size() <= room, "made in vain");
    try {
      sent.add(Chunk.decode(message));
    } catch (Malformed e) {
      throw new AssertionError(e);
    }
    return Sent.QUEUED;
  }
}

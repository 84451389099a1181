package nimble.p2p.netty;

import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;
import nimble.p2p.Handshake;
import nimble.p2p.Lane;
import nimble.p2p.PeerAddress;

/// Opens the connections that this node wants.
final class Dialler {
  private final NettyNetwork network;
  private final Sockets sockets;
  private final EventLoop loop;

  Dialler(NettyNetwork network, Sockets sockets, EventLoop loop) {
    this.network = network;
    this.sockets = sockets;
    this.loop = loop;
  }

  /// @param test only looks whether the peer, who may be connected already, answers there
  void connect(PeerAddress address, boolean test) {
    // Names resolve on a thread of their own: the resolver blocks.
    Thread.ofVirtual()
        .start(() -> {
          try {
            InetAddress found = InetAddress.getByName(address.host());
            loop.execute(() ->
                dial(
                    new InetSocketAddress(found, address.port()),
                    new Connection.Dial(address, Lane.CONTROL, test)));
          } catch (UnknownHostException e) {
            network.refused(address.toString(), Reasons.of(e));
          }
        });
  }

  private void dial(InetSocketAddress target, Connection.Dial dial) {
    boolean duplicate =
        dial.lane() == Lane.CONTROL
            && !dial.test()
            && dial.address().peer().filter(network::isTaken).isPresent();
    if (!network.isClosing() && !duplicate) {
      sockets.dial(target, dial);
    }
  }

  /// Once: whoever dialled control dials bulk, and who was dialled asks for it.
  void openBulk(Peer peer) {
    if (!peer.startOpeningBulk()) {
      return;
    }
    Connection control = peer.control();
    if (peer.isOutbound()) {
      dial(control.remote(), new Connection.Dial(control.otherLane(), Lane.BULK, false));
      return;
    }
    control.write(Handshake.OPEN_BULK);
    control.flush();
    loop.schedule(
        () -> {
          if (peer.bulk() == null && network.isPeer(peer)) {
            network.leave(peer, "the bulk lane did not open in time");
          }
        },
        2L * network.settings().timeouts().handshake(),
        TimeUnit.MILLISECONDS);
  }
}

package nimble.p2p.sim;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import nimble.p2p.Lane;

/// A connection between two nodes: both lanes, both ways.
final class Link {
  private final SimPort dialler;
  private final SimPort acceptor;
  private final Optional<SimPort> relay;
  private final Map<Lane, Pipe> fromDialler = new EnumMap<>(Lane.class);
  private final Map<Lane, Pipe> fromAcceptor = new EnumMap<>(Lane.class);
  private boolean broken;

  Link(SimNetwork network, SimPort dialler, SimPort acceptor, Optional<SimPort> relay) {
    this.relay = relay;
    this.dialler = dialler;
    this.acceptor = acceptor;
    for (Lane lane : Lane.values()) {
      fromDialler.put(lane, new Pipe(network, this, dialler, acceptor, lane));
      fromAcceptor.put(lane, new Pipe(network, this, acceptor, dialler, lane));
    }
  }

  SimPort dialler() {
    return dialler;
  }

  SimPort acceptor() {
    return acceptor;
  }

  Optional<SimPort> relay() {
    return relay;
  }

  /// Whether `port` has to be there for it to stand.
  boolean needs(SimPort port) {
    return dialler == port || acceptor == port || relay.equals(Optional.of(port));
  }

  SimPort other(SimPort end) {
    return end == dialler ? acceptor : dialler;
  }

  Pipe pipe(SimPort from, Lane lane) {
    Pipe pipe = (from == dialler ? fromDialler : fromAcceptor).get(lane);
    if (pipe == null) {
      throw new IllegalStateException("no pipe for " + lane);
    }
    return pipe;
  }

  boolean isBroken() {
    return broken;
  }

  void setBroken() {
    broken = true;
  }
}

package nimble.p2p.sim;

import java.util.EnumMap;
import java.util.Map;
import nimble.p2p.Lane;

/// A connection between two nodes: both lanes, both ways.
final class Link {
  private final SimPort dialler;
  private final SimPort acceptor;
  private final Map<Lane, Pipe> fromDialler = new EnumMap<>(Lane.class);
  private final Map<Lane, Pipe> fromAcceptor = new EnumMap<>(Lane.class);
  private boolean broken;

  Link(SimNetwork network, SimPort dialler, SimPort acceptor) {
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

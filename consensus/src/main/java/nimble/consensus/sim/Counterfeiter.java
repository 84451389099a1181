package nimble.consensus.sim;

import nimble.consensus.Effect;
import nimble.consensus.Proposal;
import nimble.consensus.Vote;

final class Counterfeiter implements Behaviour {
  @Override
  public boolean performs(Effect effect, Node node) {
    if (!(effect instanceof Effect.Build(long view, Proposal parent))) {
      return false;
    }
    Proposal proposal = node.propose(view, parent, false);
    node.broadcast(new Packet.Body(node.payload(proposal)));
    node.shout(new Vote.Notarize(proposal));
    return true;
  }
}

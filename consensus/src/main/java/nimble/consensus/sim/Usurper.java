package nimble.consensus.sim;

import nimble.consensus.Effect;
import nimble.consensus.Effect.Notice.Entered;
import nimble.consensus.Proposal;
import nimble.consensus.Vote;

final class Usurper implements Behaviour {
  @Override
  public boolean performs(Effect effect, Node node) {
    if (effect instanceof Effect.Report(Entered(long view, int _))) {
      Proposal proposal = node.propose(view, node.engine().lastFinal(), true);
      node.broadcast(new Packet.Body(node.payload(proposal)));
      node.shout(new Vote.Notarize(proposal));
    }
    return effect instanceof Effect.Cast;
  }
}

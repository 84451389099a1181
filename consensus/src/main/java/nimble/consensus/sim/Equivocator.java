package nimble.consensus.sim;

import nimble.consensus.Effect;
import nimble.consensus.Proposal;
import nimble.consensus.Vote;

/// Also votes for both of its proposals, to the end.
final class Equivocator implements Behaviour {
  @Override
  public boolean performs(Effect effect, Node node) {
    if (!(effect instanceof Effect.Build(long view, Proposal parent))) {
      return false;
    }
    int size = node.committee().size();
    Proposal one = node.propose(view, parent, true);
    Proposal two = node.propose(view, parent, true);
    for (int to = 0; to < size; to++) {
      boolean first = node.random().nextBoolean();
      for (Proposal proposal : first ? new Proposal[] {one, two} : new Proposal[] {two, one}) {
        node.send(to, new Packet.Body(node.payload(proposal)));
        node.say(to, new Vote.Notarize(proposal));
        node.say(to, new Vote.Finalize(proposal));
        if (node.random().nextBoolean()) {
          break;
        }
      }
    }
    return true;
  }
}

package nimble.consensus.sim;

import java.util.LinkedHashSet;
import java.util.Set;
import nimble.consensus.Effect;
import nimble.consensus.Proposal;
import nimble.consensus.SignedVote;
import nimble.consensus.Vote;

/// Seconds every vote it hears, to a random part of the nodes, and finalizes every proposal.
final class Splitter implements Behaviour {
  private final Set<Vote> seconded = new LinkedHashSet<>();

  @Override
  public void hears(Packet packet, Node node) {
    if (packet instanceof Packet.Said(SignedVote(int _, Vote vote, var _))) {
      second(vote, node);
      if (vote instanceof Vote.Notarize(Proposal proposal)) {
        second(new Vote.Finalize(proposal), node);
      }
    }
  }

  private void second(Vote vote, Node node) {
    if (!seconded.add(vote)) {
      return;
    }
    for (int to = 0; to < node.committee().size(); to++) {
      if (node.random().nextInt(20) == 0) {
        node.send(to, new Packet.Said(Keys.forge(node.index(), vote)));
      } else if (node.random().nextInt(3) != 0) {
        node.say(to, vote);
      }
    }
  }

  @Override
  public boolean performs(Effect effect, Node node) {
    if (effect instanceof Effect.Cast(Vote vote)) {
      second(vote, node);
      return true;
    }
    return false;
  }
}

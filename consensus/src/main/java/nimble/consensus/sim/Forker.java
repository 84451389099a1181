package nimble.consensus.sim;

import java.util.ArrayList;
import java.util.List;
import nimble.consensus.Effect;
import nimble.consensus.Effect.Notice.Entered;
import nimble.consensus.Proposal;
import nimble.consensus.SignedVote;
import nimble.consensus.Vote;

/// Its proposals look right to an application, which knows only payloads and their parents.
final class Forker implements Behaviour {
  private static final int CHOICES_MAX = 12;

  private final List<Proposal> heard = new ArrayList<>();

  @Override
  public void hears(Packet packet, Node node) {
    if (packet instanceof Packet.Said(SignedVote(int _, Vote.Notarize(Proposal proposal), var _))
        && !heard.contains(proposal)) {
      heard.add(proposal);
    }
  }

  @Override
  public boolean performs(Effect effect, Node node) {
    if (effect instanceof Effect.Report(Entered(long view, int leader)) && leader == node.index()) {
      fork(view, node);
    }
    return effect instanceof Effect.Build || effect instanceof Effect.Publish;
  }

  private void fork(long view, Node node) {
    List<Proposal> choices = heard.stream().filter(proposal -> proposal.view() < view).toList();
    if (choices.isEmpty()) {
      return;
    }
    int back = node.random().nextInt(Math.min(choices.size(), CHOICES_MAX));
    Proposal proposal = node.propose(view, choices.get(choices.size() - 1 - back), true);
    heard.add(proposal);
    node.broadcast(new Packet.Body(node.payload(proposal)));
    node.shout(new Vote.Notarize(proposal));
  }
}

package nimble.consensus.sim;

import nimble.consensus.Effect;
import nimble.consensus.Effect.Notice.Entered;
import nimble.consensus.Vote;

final class Nullifier implements Behaviour {
  @Override
  public boolean performs(Effect effect, Node node) {
    if (effect instanceof Effect.Report(Entered(long view, int _))) {
      node.shout(new Vote.Nullify(node.engine().epoch(), view));
    }
    return Silent.isSpeech(effect);
  }
}

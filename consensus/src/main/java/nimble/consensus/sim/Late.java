package nimble.consensus.sim;

import nimble.consensus.Effect;

final class Late implements Behaviour {
  private static final int DELAY_MAX_MILLIS = 3_000;

  @Override
  public boolean performs(Effect effect, Node node) {
    boolean speech = Silent.isSpeech(effect);
    if (speech) {
      node.later(node.random().nextInt(1, DELAY_MAX_MILLIS), () -> node.perform(effect));
    }
    return speech;
  }
}

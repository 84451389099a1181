package nimble.consensus.sim;

import nimble.consensus.Effect;

final class Silent implements Behaviour {
  @Override
  public boolean performs(Effect effect, Node node) {
    return isSpeech(effect);
  }

  /// Whether others would hear it.
  static boolean isSpeech(Effect effect) {
    return effect instanceof Effect.Cast
        || effect instanceof Effect.Broadcast
        || effect instanceof Effect.SendTo
        || effect instanceof Effect.Publish;
  }
}

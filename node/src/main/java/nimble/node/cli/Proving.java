package nimble.node.cli;

import java.io.IOException;
import nimble.chain.Header;
import nimble.codec.Malformed;
import nimble.node.client.ClientFailure;
import nimble.node.client.LightClient;
import nimble.node.client.NodeClient;
import nimble.node.files.Mistake;
import nimble.types.ChainId;

/// A light client from a trusted point to the node that a command speaks to.
record Proving(LightClient client, TrustOptions.Known known) {
  /// Something to be proven by a node.
  @FunctionalInterface
  interface Question<T> {
    T ask(LightClient client) throws Malformed, ClientFailure;
  }

  static Proving start(NodeClient client, NodeOptions node, TrustOptions trust)
      throws Mistake, IOException, ClientFailure {
    return start(client, trust.root(chainOf(client), node.network()));
  }

  static Proving start(NodeClient client, TrustOptions.Known known) throws Mistake, ClientFailure {
    try {
      LightClient light = new LightClient(client, known.trust());
      known.check(light.anchor().map(Header::timeMillis));
      return new Proving(light, known);
    } catch (Malformed e) {
      throw unproven(e);
    }
  }

  /// As the node says: only good for finding a genesis that is known.
  static ChainId chainOf(NodeClient client) throws ClientFailure {
    String said = client.status().getChainId();
    if (!ChainId.isValid(said)) {
      throw unproven(new Malformed("'%s' is no chain's name".formatted(said)));
    }
    return new ChainId(said);
  }

  <T> T ask(Question<T> question) throws ClientFailure {
    try {
      return question.ask(client);
    } catch (Malformed e) {
      throw unproven(e);
    }
  }

  private static ClientFailure unproven(Malformed e) {
    return new ClientFailure(
        ClientFailure.Kind.UNAVAILABLE,
        "the proof does not hold: %s; ask another node".formatted(e.reason()));
  }
}

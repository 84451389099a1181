package nimble.node.cli.chain;

import java.io.IOException;
import java.util.Optional;
import nimble.chain.Header;
import nimble.codec.Malformed;
import nimble.light.Anchor;
import nimble.light.Trust;
import nimble.node.cli.option.NodeOptions;
import nimble.node.client.ClientFailure;
import nimble.node.client.Followed;
import nimble.node.client.LightClient;
import nimble.node.client.NodeClient;
import nimble.node.files.Mistake;
import nimble.types.ChainId;

/// A light client from a trusted point, or from what followed from one, to the node that a command
/// speaks to.
public final class Proving {
  /// Something to be proven by a node.
  @FunctionalInterface
  public interface Question<T> {
    T ask(LightClient client) throws Malformed, ClientFailure;
  }

  /// Where what is proven is remembered.
  private record Memory(MemoryOption option, Optional<Followed> followed) {}

  private final LightClient client;
  private final TrustOptions.Known root;
  private final Optional<Memory> memory;

  private Proving(LightClient client, TrustOptions.Known root, Optional<Memory> memory) {
    this.client = client;
    this.root = root;
    this.memory = memory;
  }

  /// Every step from the trusted point on, for whoever keeps the proof.
  public static Proving start(NodeClient client, NodeOptions node, TrustOptions trust)
      throws Mistake, IOException, ClientFailure {
    return start(client, trust.root(chainOf(client), node.network()));
  }

  /// The same from a point that is known already.
  public static Proving start(NodeClient client, TrustOptions.Known known)
      throws Mistake, ClientFailure {
    return fromRoot(client, known, Optional.empty());
  }

  /// From what was proven before, if that followed from the point that is trusted now, or if none
  /// is named (Y10).
  static Proving start(NodeClient client, NodeOptions node, TrustOptions trust, MemoryOption option)
      throws Mistake, IOException, ClientFailure {
    ChainId chain = chainOf(client);
    Optional<Followed> before = option.load(chain);
    Optional<TrustOptions.Known> given = trust.find(chain, node.network());
    Optional<Followed> followed =
        before.filter(it -> given.map(known -> known.words().equals(it.root())).orElse(true));
    if (followed.isEmpty()) {
      TrustOptions.Known known = trust.root(chain, node.network());
      return fromRoot(client, known, Optional.of(new Memory(option, Optional.empty())));
    }
    return fromBefore(client, followed.get(), given, option);
  }

  private static Proving fromRoot(
      NodeClient client, TrustOptions.Known known, Optional<Memory> memory)
      throws Mistake, ClientFailure {
    try {
      LightClient light = new LightClient(client, known.trust());
      known.check(light.anchor().map(Header::timeMillis));
      return new Proving(light, known, memory);
    } catch (Malformed e) {
      throw unproven(e);
    }
  }

  private static Proving fromBefore(
      NodeClient client, Followed followed, Optional<TrustOptions.Known> given, MemoryOption option)
      throws Mistake, ClientFailure {
    TrustOptions.Known known = given.orElseGet(() -> TrustOptions.Known.followed(followed));
    known.check(Optional.of(followed.anchor().header().timeMillis()));
    Optional<Trust> root =
        given.filter(it -> it.isTrusted(followed.rootMillis())).map(TrustOptions.Known::trust);
    try {
      LightClient light = new LightClient(client, followed.anchor(), root);
      return new Proving(light, known, Optional.of(new Memory(option, Optional.of(followed))));
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

  /// The light client itself, for questions whose answers are not remembered.
  public LightClient client() {
    return client;
  }

  /// What holds all that was asked.
  public TrustOptions.Known known() {
    Optional<Followed> followed = memory.flatMap(Memory::followed).filter(_ -> client.isResumed());
    return followed.map(it -> root.through(it.anchor().header())).orElse(root);
  }

  /// Asks, and remembers how far the proof came; fails where it does not hold.
  public <T> T ask(Question<T> question) throws ClientFailure, IOException {
    try {
      T answer = question.ask(client);
      remember();
      return answer;
    } catch (Malformed e) {
      throw unproven(e);
    }
  }

  private void remember() throws IOException {
    Optional<Anchor> newest = client.newest();
    if (memory.isEmpty() || newest.isEmpty()) {
      return;
    }
    Optional<Followed> followed = memory.get().followed();
    Header header = newest.get().header();
    if (followed
        .filter(it -> it.anchor().header().height().compareTo(header.height()) >= 0)
        .isEmpty()) {
      long rootMillis =
          followed
              .map(Followed::rootMillis)
              .orElseGet(() -> root.timeMillis(client.anchor().map(Header::timeMillis)));
      memory.get().option().save(root.remembered(rootMillis, newest.get()));
    }
  }

  private static ClientFailure unproven(Malformed e) {
    return new ClientFailure(
        ClientFailure.Kind.UNAVAILABLE,
        "the proof does not hold: %s; ask another node".formatted(e.reason()));
  }
}

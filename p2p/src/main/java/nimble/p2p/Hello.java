package nimble.p2p;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import nimble.check.Invariant;
import nimble.types.ChainId;
import nimble.types.Hash;

/// How a node introduces itself (rule P5). `listen` is empty when it cannot be dialled.
public record Hello(
    ChainId chain,
    Hash genesis,
    int protocolMin,
    int protocolMax,
    long height,
    Optional<PeerAddress> listen,
    Set<Role> roles,
    String agent) {
  public static final int PROTOCOL = 1;
  public static final int AGENT_LENGTH_MAX = 64;

  public Hello {
    Invariant.check(
        protocolMin > 0 && protocolMin <= protocolMax,
        "protocol %d to %d",
        protocolMin,
        protocolMax);
    Invariant.check(height >= 0, "height %d", height);
    Invariant.check(Text.isLine(agent, AGENT_LENGTH_MAX), "agent '%s'", agent);
    EnumSet<Role> sorted = EnumSet.noneOf(Role.class);
    sorted.addAll(roles);
    roles = Collections.unmodifiableSet(sorted);
  }

  public Hello withHeight(long newHeight) {
    return new Hello(chain, genesis, protocolMin, protocolMax, newHeight, listen, roles, agent);
  }

  public Hello withListen(Optional<PeerAddress> newListen) {
    return new Hello(chain, genesis, protocolMin, protocolMax, height, newListen, roles, agent);
  }

  /// Why this node does not talk to one that says `theirs`; empty when it does.
  public Optional<String> refuses(Hello theirs) {
    if (!theirs.chain.equals(chain)) {
      return Optional.of("it is on chain %s, this node on %s".formatted(theirs.chain, chain));
    }
    if (!theirs.genesis.equals(genesis)) {
      return Optional.of(
          "its genesis is %s, this node's is %s"
              .formatted(Text.brief(theirs.genesis), Text.brief(genesis)));
    }
    if (theirs.protocolMin > protocolMax || theirs.protocolMax < protocolMin) {
      return Optional.of(
          "it speaks protocol %d to %d, this node %d to %d"
              .formatted(theirs.protocolMin, theirs.protocolMax, protocolMin, protocolMax));
    }
    return Optional.empty();
  }
}

package nimble.node.net;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import nimble.node.Node;
import nimble.node.devnet.NodeKeys;
import nimble.p2p.Network;

/// A validator on a chain that lives, and beside it one validator and some strangers whose words
/// are the test's.
record Company(Node victim, Network validator, List<Network> strangers) {
  /// @param running validators that are nodes, the victim among them; the next one is the test's
  static Company of(TestWorld world, int running, int strangers, Function<NodeKeys, Network> join) {
    List<NodeKeys> validators = world.devnet.validators();
    NodeKeys[] all = validators.toArray(NodeKeys[]::new);
    Node victim = world.start(validators.getFirst(), all);
    validators.subList(1, running).forEach(it -> world.start(it, all));
    Network validator = join.apply(validators.get(running));
    List<Network> others = new ArrayList<>();
    for (int i = 0; i < strangers; i++) {
      others.add(join.apply(world.follower(i)));
      others.getLast().connect(world.address(validators.getFirst()));
    }
    world.runUntil(
        "a chain, and all there",
        () ->
            victim.chain().height() >= 3 && victim.network().peers().size() == running + strangers);
    return new Company(victim, validator, List.copyOf(others));
  }
}

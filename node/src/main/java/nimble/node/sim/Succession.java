package nimble.node.sim;

import java.util.List;
import java.util.Optional;
import nimble.chain.Block;
import nimble.chain.StakeCall;
import nimble.chain.ValidatorSet;
import nimble.codec.Bytes;
import nimble.genesis.Parameters;
import nimble.node.Node;
import nimble.node.devnet.Devnet;
import nimble.node.devnet.NodeKeys;
import nimble.sim.Sim;
import nimble.types.PublicKey;

/// One validator joins a running network, another leaves it, in the same election (W13).
final class Succession implements Referee.Audience {
  private static final long BEGIN_MILLIS_MAX = 6_000;
  private static final long STAKE = 10_000 * Parameters.NIM;

  private final Trace trace;
  private final NodeKeys joining;
  private final PublicKey leaving;
  private boolean elected;
  private boolean led;
  private boolean gone;

  Succession(long seed, Devnet devnet, Trace trace) {
    this.trace = trace;
    this.joining =
        Devnet.create(Bytes.ofU64(~seed), 1, 0, World.START_MILLIS, devnet.genesis().parameters())
            .validators()
            .getFirst();
    this.leaving = devnet.validators().getLast().hot().publicKey();
  }

  /// Who is no validator of genesis.
  NodeKeys joining() {
    return joining;
  }

  /// @param rich pays the stake of the one who joins
  /// @param last the account of the one who leaves
  void begin(Sim sim, SimPurse rich, SimPurse last) {
    StakeCall register =
        new StakeCall.ValidatorRegister(
            joining.vote().voteKey(),
            joining.vote().provePossession(),
            joining.hot().publicKey(),
            0);
    sim.after(
        sim.random().nextLong(BEGIN_MILLIS_MAX),
        () -> {
          rich.run(new StakeCall.StakeAdd(STAKE), _ -> {});
          rich.run(
              register,
              _ -> {
                trace.tell("a validator registers, another exits");
                last.run(new StakeCall.ValidatorExit(), _ -> {});
              });
        });
  }

  /// The one has led a block, and the other cannot any more.
  boolean isOver() {
    return led && gone;
  }

  @Override
  public void finalized(Block block, Node by) {
    Optional<ValidatorSet> set = by.chain().epoch(block.header().epoch()).map(epoch -> epoch.set());
    List<PublicKey> seats =
        set.stream()
            .flatMap(it -> it.validators().stream())
            .map(ValidatorSet.Validator::hotKey)
            .toList();
    PublicKey candidate = joining.hot().publicKey();
    if (!elected && seats.contains(candidate)) {
      elected = true;
      trace.tell("the new validator votes from epoch %d on".formatted(block.header().epoch()));
    }
    led |=
        block.header().height().value() > 0
            && seats.get(block.header().proposer()).equals(candidate);
    gone |= !seats.contains(leaving);
  }
}

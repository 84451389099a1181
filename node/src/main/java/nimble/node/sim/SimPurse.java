package nimble.node.sim;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import nimble.chain.Block;
import nimble.chain.Call;
import nimble.chain.Receipt;
import nimble.chain.Transaction;
import nimble.crypto.SigningKey;
import nimble.genesis.Parameters;
import nimble.node.Node;
import nimble.node.chain.Replica;
import nimble.sim.Sim;
import nimble.types.ChainId;
import nimble.types.Hash;

/// A client's account: one call after the other, each submitted to some node, and to another while
/// it is not final (W7).
final class SimPurse implements Referee.Audience {
  private static final long AGAIN_MILLIS = 4_000;
  private static final long MAX_FEE = Parameters.NIM / 10;
  private static final long VALID_MILLIS = 24 * 3_600_000L;

  private record Wish(Call call, Consumer<Receipt.Outcome.Applied> then) {}

  private final Sim sim;
  private final ChainId chain;
  private final SigningKey key;
  private final List<Member> nodes;
  private final Deque<Wish> wishes = new ArrayDeque<>();
  private Optional<Transaction> pending = Optional.empty();
  private Hash pendingId = Hash.ZERO;
  private long nonce;

  SimPurse(Sim sim, ChainId chain, SigningKey key, List<Member> nodes) {
    this.sim = sim;
    this.chain = chain;
    this.key = key;
    this.nodes = nodes;
  }

  void run(Call call, Consumer<Receipt.Outcome.Applied> then) {
    wishes.add(new Wish(call, then));
    next();
  }

  boolean isIdle() {
    return wishes.isEmpty();
  }

  private void next() {
    if (pending.isPresent() || wishes.isEmpty()) {
      return;
    }
    Transaction.Unsigned body =
        new Transaction.Unsigned(
            chain,
            key.publicKey(),
            nonce,
            World.START_MILLIS + sim.nowMillis() + VALID_MILLIS,
            MAX_FEE,
            0,
            wishes.element().call());
    Transaction transaction = new Transaction(body, key.sign(body.preimage()));
    pending = Optional.of(transaction);
    pendingId = transaction.id();
    submit(transaction);
  }

  private void submit(Transaction transaction) {
    List<Member> up = nodes.stream().filter(Member::isUp).toList();
    if (!up.isEmpty()) {
      Node node = up.get(sim.random().nextInt(up.size())).node();
      node.replica().must(Replica.Input.Submitted.one(transaction, _ -> {}));
    }
    sim.after(
        AGAIN_MILLIS,
        () -> {
          if (pending.filter(transaction::equals).isPresent()) {
            submit(transaction);
          }
        });
  }

  @Override
  public void finalized(Block block, Node by) {
    List<Transaction> transactions = block.body().transactions();
    for (int i = 0; i < transactions.size(); i++) {
      if (transactions.get(i).id().equals(pendingId)) {
        int index = block.body().workCalls().size() + i;
        done(by.chain().receipts(block.header().height().value()).get(index));
        return;
      }
    }
  }

  private void done(Receipt receipt) {
    Wish wish = wishes.remove();
    pending = Optional.empty();
    pendingId = Hash.ZERO;
    nonce++;
    switch (receipt.outcome()) {
      case Receipt.Outcome.Applied applied -> wish.then().accept(applied);
      case Receipt.Outcome.Rejected(String reason) ->
          throw new AssertionError("%s was rejected: %s".formatted(wish.call(), reason));
    }
    next();
  }
}

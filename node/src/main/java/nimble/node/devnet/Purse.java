package nimble.node.devnet;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import nimble.chain.Call;
import nimble.chain.Receipt;
import nimble.chain.Transaction;
import nimble.crypto.AddressForm;
import nimble.crypto.SigningKey;
import nimble.genesis.Parameters;
import nimble.ledger.Accounts;
import nimble.node.Node;
import nimble.node.chain.FinalizedChain.Place;
import nimble.node.chain.Replica;
import nimble.types.Hash;

/// An account that acts through a node of this process: signs, submits, and waits until its
/// transactions are final.
public final class Purse {
  private static final long PATIENCE_MILLIS = 30_000;
  private static final long MAX_FEE = Parameters.NIM / 10;
  private static final long VALID_MILLIS = 3_600_000;

  private final Node node;
  private final ChainWatch watch;
  private final SigningKey key;
  private long nonce;

  public Purse(Node node, ChainWatch watch, SigningKey key) {
    this.node = node;
    this.watch = watch;
    this.key = key;
    this.nonce =
        Accounts.get(node.chain().liveState(), AddressForm.addressOf(key.publicKey())).nonce();
  }

  /// Hands `call` to the node; what it refuses is an exception with its words.
  public Hash submit(Call call) throws InterruptedException {
    Transaction.Unsigned body =
        new Transaction.Unsigned(
            node.chain().tip().chain(),
            key.publicKey(),
            nonce,
            node.chain().tip().timeMillis() + VALID_MILLIS,
            MAX_FEE,
            0,
            call);
    Transaction transaction = new Transaction(body, key.sign(body.preimage()));
    CompletableFuture<Optional<String>> reply = new CompletableFuture<>();
    node.replica().must(Replica.Input.Submitted.one(transaction, reply::complete));
    try {
      Optional<String> refusal = reply.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
      if (refusal.isPresent()) {
        throw new IllegalStateException("%s was refused: %s".formatted(call, refusal.get()));
      }
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the node does not answer", e);
    }
    nonce++;
    return transaction.id();
  }

  /// Waits until the transaction is final and was applied.
  public Receipt.Outcome.Applied applied(Hash id) throws InterruptedException {
    if (!watch.await(PATIENCE_MILLIS, () -> node.chain().transaction(id).isPresent())) {
      throw new IllegalStateException("transaction %s is not final after 30 s".formatted(id));
    }
    Place place = node.chain().transaction(id).orElseThrow();
    Receipt receipt = node.chain().receipts(place.height()).get(place.index());
    return switch (receipt.outcome()) {
      case Receipt.Outcome.Applied applied -> applied;
      case Receipt.Outcome.Rejected(String reason) ->
          throw new IllegalStateException("transaction %s was rejected: %s".formatted(id, reason));
    };
  }

  public Receipt.Outcome.Applied run(Call call) throws InterruptedException {
    return applied(submit(call));
  }
}

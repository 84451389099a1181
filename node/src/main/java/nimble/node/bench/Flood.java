package nimble.node.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import nimble.chain.MoneyCall.Transfer;
import nimble.chain.Transaction;
import nimble.codec.Bytes;
import nimble.crypto.AddressForm;
import nimble.crypto.Hashing;
import nimble.genesis.Parameters;
import nimble.node.client.ClientFailure;
import nimble.node.client.NodeClient;
import nimble.types.PublicKey;
import nimble.types.Signature;

/// Transactions that no block can take, at a rate: of senders who own nothing, out of date, of
/// nonces used long ago, the same again and again, and too large to be one.
final class Flood implements AutoCloseable {
  private static final int BATCH = 100;
  private static final long VALID_MILLIS = 3_600_000;
  private static final int TOO_LARGE = Transaction.BYTES_MAX + 1;

  private final Cast cast;
  private final SplittableRandom random = new SplittableRandom(1);
  private final AtomicLong sent = new AtomicLong();
  private final List<Thread> threads = new ArrayList<>();
  private final Bytes once;
  private volatile boolean stopped;

  Flood(Cast cast, Validators validators, int perSecond) {
    this.cast = cast;
    this.once = transaction(0, 0, VALID_MILLIS);
    long pauseNanos = 1_000_000_000L * BATCH * validators.clients().size() / perSecond;
    for (NodeClient client : validators.clients()) {
      threads.add(Thread.ofPlatform().daemon().name("flood").start(() -> run(client, pauseNanos)));
    }
  }

  long sent() {
    return sent.get();
  }

  private void run(NodeClient client, long pauseNanos) {
    try {
      for (long next = System.nanoTime(); !stopped; next += pauseNanos) {
        sent.addAndGet(BATCH);
        try {
          client.submitBatch(batch());
        } catch (ClientFailure refused) {
          // As it should be: too large to be a transaction.
        }
        Thread.sleep(Math.max(0, (next + pauseNanos - System.nanoTime()) / 1_000_000));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized List<Bytes> batch() {
    if (random.nextInt(BATCH) == 0) {
      return List.of(Bytes.wrap(new byte[TOO_LARGE]));
    }
    List<Bytes> batch = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      batch.add(
          switch (i % 4) {
            case 0 -> transaction(random.nextInt(), 0, VALID_MILLIS);
            case 1 -> transaction(-1, 0, VALID_MILLIS);
            case 2 -> transaction(random.nextInt(), 0, -VALID_MILLIS);
            default -> once;
          });
    }
    return batch;
  }

  /// @param sender a stranger, or -1 for one of the senders, whose nonce is used
  private Bytes transaction(int sender, long nonce, long validMillis) {
    PublicKey key =
        sender == -1
            ? cast.senders().get(random.nextInt(cast.senders().size() / 2)).publicKey()
            : new PublicKey(Hashing.of("stranger", Bytes.ofU64(sender)).bytes());
    Transaction.Unsigned body =
        new Transaction.Unsigned(
            cast.genesis().chain(),
            key,
            nonce,
            System.currentTimeMillis() + validMillis,
            Parameters.NIM,
            0,
            new Transfer(
                AddressForm.addressOf(cast.senders().getFirst().publicKey()), 1, Bytes.EMPTY));
    return new Transaction(body, new Signature(Bytes.wrap(new byte[Signature.SIZE]))).encode();
  }

  @Override
  public void close() throws InterruptedException {
    stopped = true;
    for (Thread thread : threads) {
      thread.join();
    }
  }
}

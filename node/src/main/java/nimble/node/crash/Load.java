package nimble.node.crash;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import nimble.api.v1.ChainStatus;
import nimble.chain.MoneyCall.Transfer;
import nimble.chain.Transaction;
import nimble.codec.Bytes;
import nimble.crypto.AddressForm;
import nimble.genesis.Parameters;
import nimble.node.client.ClientFailure;
import nimble.node.client.NodeClient;
import nimble.node.devnet.NodeKeys;
import nimble.types.Address;
import nimble.types.ChainId;

/// Accounts that go on sending transfers through whichever node answers, whatever was lost.
final class Load implements AutoCloseable {
  private static final int AT_ONCE = 8;
  private static final long ROUND_MILLIS = 100;
  private static final long VALID_MILLIS = 600_000;
  private static final long MAX_FEE = Parameters.NIM / 100;

  private final List<Survivor> nodes;
  private final List<NodeKeys> accounts;
  private final Witness witness;
  private final SplittableRandom random;
  private final Thread thread;
  private volatile boolean over;

  private Load(List<Survivor> nodes, List<NodeKeys> accounts, Witness witness, long seed) {
    this.nodes = nodes;
    this.accounts = accounts;
    this.witness = witness;
    this.random = new SplittableRandom(seed);
    this.thread = Thread.ofPlatform().daemon().name("load").unstarted(this::run);
  }

  static Load start(List<Survivor> nodes, List<NodeKeys> accounts, Witness witness, long seed) {
    Load load = new Load(nodes, accounts, witness, seed);
    load.thread.start();
    return load;
  }

  private void run() {
    try {
      while (!over) {
        Optional<NodeClient> client = nodes.get(random.nextInt(nodes.size())).client();
        if (client.isPresent()) {
          send(client.get(), accounts.get(random.nextInt(accounts.size())));
        }
        witness.await(ROUND_MILLIS, () -> over);
      }
    } catch (Broken e) {
      // The run ends: whoever leads it sees the same.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// The next of the account's transfers, those again that are still on their way.
  private void send(NodeClient client, NodeKeys from) {
    try {
      ChainStatus status = client.status();
      long nonce = client.account(AddressForm.TEST.show(from.address())).getNonce();
      for (int i = 0; i < AT_ONCE && !over; i++) {
        offer(client, transfer(status, from, nonce + i));
      }
    } catch (ClientFailure e) {
      // It was just killed: another answers.
    }
  }

  private static void offer(NodeClient client, Transaction transaction) throws ClientFailure {
    try {
      client.submit(transaction);
    } catch (ClientFailure e) {
      if (e.kind() == ClientFailure.Kind.UNAVAILABLE) {
        throw e;
      }
      // It has this one already.
    }
  }

  private Transaction transfer(ChainStatus status, NodeKeys from, long nonce) {
    Transaction.Unsigned body =
        new Transaction.Unsigned(
            new ChainId(status.getChainId()),
            from.account().publicKey(),
            nonce,
            status.getTimeMillis() + VALID_MILLIS,
            MAX_FEE,
            0,
            new Transfer(new Address(Bytes.wrap(payee())), 1, Bytes.EMPTY));
    return new Transaction(body, from.account().sign(body.preimage()));
  }

  private byte[] payee() {
    byte[] payee = new byte[Address.SIZE];
    random.nextBytes(payee);
    return payee;
  }

  @Override
  public void close() throws InterruptedException {
    over = true;
    thread.join();
  }
}

package nimble.node.devnet;

import nimble.api.v1.ChainStatus;
import nimble.api.v1.TransactionView;
import nimble.chain.Call;
import nimble.chain.Transaction;
import nimble.crypto.AddressForm;
import nimble.crypto.SigningKey;
import nimble.genesis.Parameters;
import nimble.node.client.ClientFailure;
import nimble.node.client.NodeClient;
import nimble.types.ChainId;

/// An account of a devnet that acts through a node's API.
final class Account {
  private static final long MAX_FEE = Parameters.NIM / 10;
  private static final long VALID_MILLIS = 3_600_000;

  private final NodeClient client;
  private final SigningKey key;
  private final ChainStatus status;
  private long nonce;

  Account(NodeClient client, SigningKey key) throws ClientFailure {
    this.client = client;
    this.key = key;
    this.status = client.status();
    this.nonce =
        client.account(AddressForm.TEST.show(AddressForm.addressOf(key.publicKey()))).getNonce();
  }

  /// Hands `call` to the mempool.
  void submit(Call call) throws ClientFailure {
    client.submit(sign(call));
  }

  /// Waits until `call` is final and applied.
  TransactionView run(Call call) throws ClientFailure {
    return client.submitAndApply(sign(call));
  }

  private Transaction sign(Call call) {
    Transaction.Unsigned body =
        new Transaction.Unsigned(
            new ChainId(status.getChainId()),
            key.publicKey(),
            nonce++,
            status.getTimeMillis() + VALID_MILLIS,
            MAX_FEE,
            0,
            call);
    return new Transaction(body, key.sign(body.preimage()));
  }
}

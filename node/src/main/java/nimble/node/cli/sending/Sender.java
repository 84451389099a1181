package nimble.node.cli.sending;

import java.time.Instant;
import nimble.api.v1.AccountView;
import nimble.api.v1.ChainStatus;
import nimble.api.v1.TransactionView;
import nimble.chain.Call;
import nimble.chain.Transaction;
import nimble.codec.Bytes;
import nimble.crypto.AddressForm;
import nimble.crypto.SigningKey;
import nimble.genesis.Genesis;
import nimble.ledger.Fees;
import nimble.ledger.Weights;
import nimble.node.client.ClientFailure;
import nimble.node.client.NodeClient;
import nimble.node.files.Amount;
import nimble.node.files.GenesisFile;
import nimble.node.files.Mistake;
import nimble.types.Address;
import nimble.types.Signature;

/// Makes transactions of one account: what they cost, their nonce, their signature. The key never
/// leaves this process.
public final class Sender {
  private static final long VALID_MILLIS = 60_000;

  /// A chain's time may be ahead of this machine's by as much; more would be valid for as long.
  private static final long AHEAD_MILLIS_MAX = 600_000;

  /// The base fee may rise by an eighth per block: room for six blocks.
  private static final int FEE_ROOM = 2;

  private final NodeClient client;
  private final Genesis genesis;
  private final SigningKey key;

  public Sender(NodeClient client, Genesis genesis, SigningKey key) {
    this.client = client;
    this.genesis = genesis;
    this.key = key;
  }

  public Address address() {
    return AddressForm.addressOf(key.publicKey());
  }

  public String shownAddress() {
    return GenesisFile.form(genesis).show(address());
  }

  /// As it is now in finalized state.
  public AccountView account() throws ClientFailure {
    return client.account(shownAddress());
  }

  /// The most that a call can cost in fees now.
  public long maxFee(Call call) throws ClientFailure {
    Transaction draft = signed(call, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);
    long weight = Weights.of(draft, genesis.parameters().block());
    return Math.multiplyExact(Fees.cost(client.status().getBaseFee(), weight), (long) FEE_ROOM);
  }

  /// Signs `call` with the account's next nonce.
  public Transaction sign(Call call) throws ClientFailure {
    ChainStatus status = client.status();
    long here = System.currentTimeMillis();
    if (status.getTimeMillis() - AHEAD_MILLIS_MAX > here) {
      throw new ClientFailure(
          ClientFailure.Kind.UNAVAILABLE,
          "the node at %s says that it is %s, this machine's clock says %s: nothing is signed that"
                  .formatted(
                      client.node(),
                      Instant.ofEpochMilli(status.getTimeMillis()),
                      Instant.ofEpochMilli(here))
              + " would stay valid until then; set the clock, or ask another node");
    }
    long now = Math.max(status.getTimeMillis(), here);
    return signed(call, account().getNonce(), now + VALID_MILLIS, maxFee(call));
  }

  private Transaction signed(Call call, long nonce, long validUntilMillis, long maxFee) {
    Transaction.Unsigned body =
        new Transaction.Unsigned(
            genesis.chain(), key.publicKey(), nonce, validUntilMillis, maxFee, 0, call);
    boolean draft = nonce == Long.MAX_VALUE;
    Signature signature =
        draft ? new Signature(Bytes.wrap(new byte[Signature.SIZE])) : key.sign(body.preimage());
    return new Transaction(body, signature);
  }

  /// Signs, hands in and waits until it is final and applied; before that, whether the balance
  /// covers `amount` and the fee.
  public TransactionView send(Call call, long amount) throws Mistake, ClientFailure {
    Transaction transaction = sign(call);
    long balance = account().getBalance();
    long fee = transaction.body().maxFee();
    if (balance - amount < fee) {
      throw Mistake.of(
          "%s has %s, needs %s and up to %s of fees",
          shownAddress(), Amount.withUnit(balance), Amount.withUnit(amount), Amount.withUnit(fee));
    }
    return client.submitAndApply(transaction);
  }
}

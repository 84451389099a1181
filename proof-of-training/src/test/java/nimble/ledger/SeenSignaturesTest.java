package nimble.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import nimble.chain.MoneyCall.Transfer;
import nimble.chain.Transaction;
import nimble.codec.Bytes;
import nimble.crypto.Ed25519;
import nimble.types.PublicKey;
import nimble.types.Signature;
import org.junit.jupiter.api.Test;

final class SeenSignaturesTest {
  private static final Bytes MESSAGE = Bytes.utf8("message");
  private static final PublicKey KEY = People.MINER.key().publicKey();
  private static final Signature SIGNATURE = People.MINER.key().sign(MESSAGE);

  private int verified;
  private final SeenSignatures seen =
      new SeenSignatures((key, preimage, signature) -> {
        verified++;
        return Ed25519.verify(key, preimage, signature);
      });

  @Test
  void signatureThatHeldIsVerifiedOnce() {
    assertTrue(seen.holds(KEY, MESSAGE, SIGNATURE));
    assertTrue(seen.holds(KEY, MESSAGE, SIGNATURE));
    assertEquals(1, verified);
  }

  @Test
  void failureIsNotRememberedAndNothingElseIsCovered() {
    assertTrue(seen.holds(KEY, MESSAGE, SIGNATURE));
    assertFalse(seen.holds(KEY, Bytes.utf8("other"), SIGNATURE));
    assertFalse(seen.holds(People.FRIEND.key().publicKey(), MESSAGE, SIGNATURE));
    assertFalse(seen.holds(KEY, MESSAGE, People.FRIEND.key().sign(MESSAGE)));
    assertFalse(seen.holds(KEY, MESSAGE, People.FRIEND.key().sign(MESSAGE)));
    assertEquals(5, verified);
  }

  @Test
  void rememberedOnesAreTaken() {
    Transaction transaction = transaction(0);
    assertFalse(seen.knows(transaction));
    seen.remember(transaction);
    assertTrue(seen.knows(transaction) && seen.holds(transaction));
    assertEquals(0, verified);
  }

  @Test
  void otherSignatureOfTheSameOrderIsNotCovered() {
    Transaction transaction = transaction(0);
    assertTrue(seen.holds(transaction));
    assertFalse(seen.holds(new Transaction(transaction.body(), SIGNATURE)));
    assertEquals(2, verified);
  }

  @Test
  void oldestAreForgottenFirst() {
    Transaction transaction = transaction(0);
    seen.remember(transaction);
    for (int i = 1; i <= SeenSignatures.SEEN_MAX; i++) {
      seen.remember(new Transaction(body(i), SIGNATURE));
    }
    assertTrue(seen.holds(transaction));
    assertEquals(1, verified);
  }

  private static Transaction transaction(long nonce) {
    return new Transaction(body(nonce), People.MINER.key().sign(body(nonce).preimage()));
  }

  private static Transaction.Unsigned body(long nonce) {
    Transfer call = new Transfer(People.FRIEND.address(), 1, Bytes.EMPTY);
    return new Transaction.Unsigned(TestChain.CHAIN, KEY, nonce, 1, 1, 0, call);
  }
}

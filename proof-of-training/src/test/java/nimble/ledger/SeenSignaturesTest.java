package nimble.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
    seen.remember(KEY, MESSAGE, SIGNATURE);
    assertTrue(seen.holds(KEY, MESSAGE, SIGNATURE));
    assertEquals(0, verified);
  }

  @Test
  void oldestAreForgottenFirst() {
    seen.remember(KEY, MESSAGE, SIGNATURE);
    for (int i = 0; i < SeenSignatures.SEEN_MAX; i++) {
      seen.remember(KEY, Bytes.ofU64(i), SIGNATURE);
    }
    assertTrue(seen.holds(KEY, MESSAGE, SIGNATURE));
    assertEquals(1, verified);
  }
}

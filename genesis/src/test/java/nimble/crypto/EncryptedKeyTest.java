package nimble.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.sim.Conformance;
import org.junit.jupiter.api.Test;

final class EncryptedKeyTest {
  private static final Bytes SECRET = Hashing.of("test", Bytes.utf8("secret")).bytes();
  private static final Bytes ENTROPY =
      Bytes.concat(SECRET, SECRET).slice(3, 3 + EncryptedKey.ENTROPY_SIZE);
  private static final SigningKey OWNER = SigningKey.fromSeed(SECRET);
  private static final EncryptedKey SEALED = sealed("correct horse");

  /// Where the parameters stand in the encoding: version, kind, label with its length.
  private static final int COST_AT = 2 + 4 + 32;

  @Test
  void conformance() {
    Conformance.check(
        EncryptedKeyTest.class, "EncryptedKey", SEALED, EncryptedKey::write, EncryptedKey::read);
  }

  @Test
  void thePasswordOpensIt() {
    assertEquals(Optional.of(SECRET), SEALED.open("correct horse"));
    assertFalse(encode(SEALED).toString().contains(SECRET.toString()));
    assertFalse(SEALED.toString().contains(SECRET.toString()));
  }

  @Test
  void aWrongPasswordIsAnEmptyAnswer() {
    assertEquals(Optional.empty(), SEALED.open("Correct horse"));
    assertEquals(Optional.empty(), SEALED.open(""));
  }

  /// The same letter typed as one character or as two.
  @Test
  void passwordsAreNormalized() {
    assertEquals(Optional.of(SECRET), sealed("caf\u00e9").open("cafe\u0301"));
  }

  @Test
  void anyDamagedByteIsSeenWithoutThePassword() throws Malformed {
    byte[] whole = encode(SEALED).toArray();
    for (int i = 0; i < whole.length; i++) {
      byte[] damaged = whole.clone();
      damaged[i] ^= 1;
      assertThrows(
          Malformed.class,
          () -> Reader.decode(Bytes.wrap(damaged), EncryptedKey::read),
          "byte " + i);
    }
    assertEquals(SEALED, Reader.decode(Bytes.wrap(whole), EncryptedKey::read));
  }

  /// A hostile file must not make us allocate: the bounds are checked before scrypt runs.
  @Test
  void costsFromAFileAreBounded() {
    for (int[] cost : new int[][] {{30, 8, 1}, {19, 8, 1}, {17, 9, 1}, {17, 8, 5}, {9, 8, 1}}) {
      byte[] hostile = encode(SEALED).toArray();
      for (int i = 0; i < cost.length; i++) {
        hostile[COST_AT + i] = (byte) cost[i];
      }
      Malformed seen =
          assertThrows(
              Malformed.class, () -> Reader.decode(Bytes.wrap(hostile), EncryptedKey::read));
      assertEquals(
          "scrypt cost 2^%d, %d, %d is out of bounds".formatted(cost[0], cost[1], cost[2]),
          seen.getMessage());
    }
  }

  /// Kind, label, cost and salt are authenticated: swapping them does not open the secret.
  @Test
  void theOtherFieldsAreAuthenticated() {
    EncryptedKey vote =
        new EncryptedKey(
            KeyKind.VOTE,
            SEALED.label(),
            SEALED.cost(),
            SEALED.salt(),
            SEALED.nonce(),
            SEALED.sealed());
    assertEquals(Optional.empty(), vote.open("correct horse"));
    EncryptedKey labelled =
        new EncryptedKey(
            SEALED.kind(),
            Bytes.EMPTY,
            SEALED.cost(),
            SEALED.salt(),
            SEALED.nonce(),
            SEALED.sealed());
    assertEquals(Optional.empty(), labelled.open("correct horse"));
  }

  @Test
  void freshEntropyGivesAnotherFile() {
    Bytes other =
        Bytes.concat(ENTROPY.slice(1, EncryptedKey.ENTROPY_SIZE), Bytes.wrap(new byte[1]));
    EncryptedKey again =
        EncryptedKey.seal(
            KeyKind.ACCOUNT, SEALED.label(), SECRET, "correct horse", ScryptCost.FAST, other);
    assertNotEquals(SEALED.sealed(), again.sealed());
    assertEquals(Optional.of(SECRET), again.open("correct horse"));
  }

  private static EncryptedKey sealed(String password) {
    return EncryptedKey.seal(
        KeyKind.ACCOUNT, OWNER.publicKey().bytes(), SECRET, password, ScryptCost.FAST, ENTROPY);
  }

  private static Bytes encode(EncryptedKey key) {
    return Writer.encode(key::write);
  }
}

package nimble.node.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import nimble.codec.Bytes;
import nimble.crypto.KeyKind;
import nimble.crypto.ScryptCost;
import nimble.crypto.SigningKey;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KeystoreFileTest {
  private static final SigningKey KEY = SigningKey.fromSeed(Bytes.wrap(new byte[32]));

  @TempDir Path folder;
  private Path file = Path.of("");

  @BeforeEach
  void create() throws Exception {
    file = folder.resolve("deep/account.json");
    KeystoreFile.create(
        file, KeyKind.ACCOUNT, KEY.publicKey().bytes(), KEY.seed(), "a password", ScryptCost.FAST);
  }

  @Test
  void opensWithItsPassword() throws Exception {
    assertEquals(KEY.publicKey(), KeystoreFile.account(file, "a password").publicKey());
  }

  @Test
  void refusesAnother() {
    assertEquals(
        file + ": wrong password",
        assertThrows(Mistake.class, () -> KeystoreFile.account(file, "another")).words());
  }

  @Test
  void refusesAnotherKind() {
    assertEquals(
        file + " holds a key of kind account, needs hot",
        assertThrows(Mistake.class, () -> KeystoreFile.hot(file, "a password")).words());
  }

  @Test
  void saysThatItIsDamaged() throws Exception {
    String text = Files.readString(file);
    int digit = text.indexOf("\"sealed\"") + 60;
    char other = text.charAt(digit) == '0' ? '1' : '0';
    Files.writeString(file, text.substring(0, digit) + other + text.substring(digit + 1));
    Mistake mistake = assertThrows(Mistake.class, () -> KeystoreFile.account(file, "a password"));
    assertTrue(mistake.words().startsWith(file + ": the keystore is damaged"), mistake.words());
  }

  @Test
  void saysThatItIsNoJson() throws Exception {
    Files.writeString(file, "{\"format\": ");
    assertTrue(
        assertThrows(Mistake.class, () -> KeystoreFile.read(file)).words().startsWith(file + ":1"));
  }

  @Test
  void isNeverOverwrittenAndLeavesNothingBehind() throws Exception {
    assertThrows(Mistake.class, this::create);
    try (var files = Files.list(file.resolveSibling(""))) {
      assertEquals(1, files.count());
    }
  }

  @Test
  void isItsOwnersOnly() throws Exception {
    if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      assertEquals(
          PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(file));
    }
    assertFalse(Files.readString(file).contains(KEY.seed().toString()));
  }
}

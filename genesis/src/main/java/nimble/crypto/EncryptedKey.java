package nimble.crypto;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.text.Normalizer;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Hash;
import org.bouncycastle.crypto.generators.SCrypt;

/// A secret as it lies on disk: AES-256-GCM under a key that scrypt makes of the password. All
/// other fields are authenticated with it.
///
/// The encoding ends in a checksum, so that damage shows when the file is read (`Malformed`), and
/// what fails to open afterwards is the password. Somebody who changes the file on purpose can mend
/// the checksum; then too it does not open.
///
/// @param label who owns the secret, for listings: the public key, for example. Not secret.
/// @param salt 32 bytes
/// @param nonce 12 bytes
/// @param sealed the encrypted secret and its tag
public record EncryptedKey(
    KeyKind kind, Bytes label, ScryptCost cost, Bytes salt, Bytes nonce, Bytes sealed) {
  public static final int SECRET_MAX = 64;
  public static final int LABEL_MAX = 64;

  /// What [#seal] needs of fresh randomness: the salt and the nonce.
  public static final int ENTROPY_SIZE = 44;

  private static final int VERSION = 1;
  private static final int SALT_SIZE = 32;
  private static final int NONCE_SIZE = 12;
  private static final int TAG_SIZE = 16;
  private static final int KEY_SIZE = 32;
  private static final String CIPHER = "AES/GCM/NoPadding";

  public EncryptedKey {
    Invariant.check(label.size() <= LABEL_MAX, "label of %d bytes", label.size());
    Invariant.check(salt.size() == SALT_SIZE, "salt of %d bytes", salt.size());
    Invariant.check(nonce.size() == NONCE_SIZE, "nonce of %d bytes", nonce.size());
    Invariant.check(
        sealed.size() > TAG_SIZE && sealed.size() <= SECRET_MAX + TAG_SIZE,
        "%d bytes sealed",
        sealed.size());
  }

  /// `entropy` is fresh for every call: [#ENTROPY_SIZE] bytes from the system's secure source.
  public static EncryptedKey seal(
      KeyKind kind, Bytes label, Bytes secret, String password, ScryptCost cost, Bytes entropy) {
    Invariant.check(entropy.size() == ENTROPY_SIZE, "entropy of %d bytes", entropy.size());
    Bytes salt = entropy.slice(0, SALT_SIZE);
    Bytes nonce = entropy.slice(SALT_SIZE, ENTROPY_SIZE);
    try {
      Cipher cipher = cipher(Cipher.ENCRYPT_MODE, password, cost, salt, nonce);
      cipher.updateAAD(header(kind, label, cost, salt, nonce).asBuffer());
      Bytes sealed = Bytes.wrap(cipher.doFinal(secret.toArray()));
      return new EncryptedKey(kind, label, cost, salt, nonce, sealed);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has AES-GCM", e);
    }
  }

  /// The secret; empty when the password is wrong.
  public Optional<Bytes> open(String password) {
    try {
      Cipher cipher = cipher(Cipher.DECRYPT_MODE, password, cost, salt, nonce);
      cipher.updateAAD(header(kind, label, cost, salt, nonce).asBuffer());
      return Optional.of(Bytes.wrap(cipher.doFinal(sealed.toArray())));
    } catch (AEADBadTagException e) {
      return Optional.empty();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has AES-GCM", e);
    }
  }

  public void write(Writer writer) {
    writer.raw(header(kind, label, cost, salt, nonce)).bytes(sealed, SECRET_MAX + TAG_SIZE);
    checksum().write(writer);
  }

  public static EncryptedKey read(Reader reader) throws Malformed {
    reader.version(VERSION);
    KeyKind kind = KeyKind.read(reader);
    Bytes label = reader.bytes(LABEL_MAX);
    ScryptCost cost = ScryptCost.read(reader);
    Bytes salt = reader.fixed(SALT_SIZE);
    Bytes nonce = reader.fixed(NONCE_SIZE);
    Bytes sealed = reader.bytes(SECRET_MAX + TAG_SIZE);
    if (sealed.size() <= TAG_SIZE) {
      throw new Malformed("nothing is sealed");
    }
    EncryptedKey key = new EncryptedKey(kind, label, cost, salt, nonce, sealed);
    if (!Hash.read(reader).equals(key.checksum())) {
      throw new Malformed("the key file is damaged: its checksum does not match");
    }
    return key;
  }

  private Hash checksum() {
    return Hashing.of("keystore", header(kind, label, cost, salt, nonce), sealed);
  }

  private static Bytes header(KeyKind kind, Bytes label, ScryptCost cost, Bytes salt, Bytes nonce) {
    return Writer.encode(writer -> {
      writer.u8(VERSION);
      kind.write(writer);
      writer.bytes(label, LABEL_MAX);
      cost.write(writer);
      writer.fixed(salt, SALT_SIZE).fixed(nonce, NONCE_SIZE);
    });
  }

  /// The password is normalized (NFKC), so that it opens the file from any keyboard.
  private static Cipher cipher(int mode, String password, ScryptCost cost, Bytes salt, Bytes nonce)
      throws GeneralSecurityException {
    byte[] text =
        Normalizer.normalize(password, Normalizer.Form.NFKC).getBytes(StandardCharsets.UTF_8);
    byte[] key =
        SCrypt.generate(text, salt.toArray(), 1 << cost.logN(), cost.r(), cost.p(), KEY_SIZE);
    Cipher cipher = Cipher.getInstance(CIPHER);
    cipher.init(
        mode,
        new SecretKeySpec(key, "AES"),
        new GCMParameterSpec(TAG_SIZE * Byte.SIZE, nonce.toArray()));
    return cipher;
  }
}

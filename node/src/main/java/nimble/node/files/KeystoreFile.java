package nimble.node.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.crypto.EncryptedKey;
import nimble.crypto.KeyKind;
import nimble.crypto.ScryptCost;
import nimble.crypto.SigningKey;
import nimble.crypto.VoteSigningKey;

/// A key as a file: JSON around [EncryptedKey]. What can be read without the password stands beside
/// it for people; what is sealed decides.
public final class KeystoreFile {
  private static final long BYTES_MAX = 16_384;
  private static final String FORMAT = "nimble keystore 1";

  private KeystoreFile() {}

  private record Form(String format, String kind, String publicKey, String sealed) {}

  /// Writes a key that must not be there yet.
  public static void create(
      Path file, KeyKind kind, Bytes publicKey, Bytes secret, String password, ScryptCost cost)
      throws Mistake, IOException {
    EncryptedKey key =
        EncryptedKey.seal(
            kind, publicKey, secret, password, cost, Entropy.of(EncryptedKey.ENTROPY_SIZE));
    Form form =
        new Form(FORMAT, name(kind), publicKey.toString(), Writer.encode(key::write).toString());
    SafeFile.createSecret(file, Json.show(Json.of(form)) + "\n");
  }

  public static EncryptedKey read(Path file) throws Mistake, IOException {
    return parse(file, SafeFile.read(file, BYTES_MAX));
  }

  static EncryptedKey parse(Path file, String text) throws Mistake {
    Form form = Json.read(file.toString(), text, Form.class);
    if (!form.format.equals(FORMAT)) {
      throw Mistake.of("%s: format must be '%s', was '%s'", file, FORMAT, form.format);
    }
    try {
      EncryptedKey key = Reader.decode(Bytes.hex(form.sealed), EncryptedKey::read);
      if (!key.label().toString().equals(form.publicKey) || !name(key.kind()).equals(form.kind)) {
        throw new Malformed("publicKey and kind are not those of the sealed key");
      }
      return key;
    } catch (Malformed e) {
      throw Mistake.of(
          "%s: the keystore is damaged (%s): restore it from a copy, or from its words",
          file, e.reason());
    }
  }

  /// Copies a keystore as it is, unless the same is there already.
  public static void copy(Path from, KeyKind kind, Path to) throws Mistake, IOException {
    EncryptedKey key = read(from);
    if (key.kind() != kind) {
      throw Mistake.of("%s holds a key of kind %s, needs %s", from, name(key.kind()), name(kind));
    }
    if (!Files.exists(to) || !read(to).equals(key)) {
      SafeFile.createSecret(to, SafeFile.read(from, BYTES_MAX));
    }
  }

  /// The secret in a file of that kind.
  public static Bytes open(Path file, KeyKind kind, String password) throws Mistake, IOException {
    EncryptedKey key = read(file);
    if (key.kind() != kind) {
      throw Mistake.of("%s holds a key of kind %s, needs %s", file, name(key.kind()), name(kind));
    }
    return key.open(password).orElseThrow(() -> Mistake.of("%s: wrong password", file));
  }

  public static SigningKey account(Path file, String password) throws Mistake, IOException {
    return SigningKey.fromSeed(open(file, KeyKind.ACCOUNT, password));
  }

  public static SigningKey hot(Path file, String password) throws Mistake, IOException {
    return SigningKey.fromSeed(open(file, KeyKind.HOT, password));
  }

  public static VoteSigningKey vote(Path file, String password) throws Mistake, IOException {
    return VoteSigningKey.fromSeed(open(file, KeyKind.VOTE, password));
  }

  public static String name(KeyKind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }
}

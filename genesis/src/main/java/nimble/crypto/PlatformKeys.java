package nimble.crypto;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import nimble.codec.Bytes;
import nimble.types.PublicKey;

/// Ed25519 keys as the Java platform holds them (RFC 8410). The native provider has no key factory
/// of its own and takes these.
public final class PlatformKeys {
  /// Not whatever provider comes first: behaviour on odd points differs between them.
  static final String PROVIDER = "SunEC";

  static final String ALGORITHM = "Ed25519";

  private static final Bytes PKCS8_PREFIX =
      Bytes.wrap(HexFormat.of().parseHex("302e020100300506032b657004220420"));
  private static final Bytes X509_PREFIX =
      Bytes.wrap(HexFormat.of().parseHex("302a300506032b6570032100"));

  private PlatformKeys() {}

  static PrivateKey privateKey(Bytes seed) {
    try {
      return KeyFactory.getInstance(ALGORITHM, PROVIDER)
          .generatePrivate(new PKCS8EncodedKeySpec(Bytes.concat(PKCS8_PREFIX, seed).toArray()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every 32 bytes are a private key", e);
    }
  }

  /// The key may lie off the curve: that shows when it is used.
  public static java.security.PublicKey publicKey(PublicKey key) {
    try {
      return KeyFactory.getInstance(ALGORITHM, PROVIDER)
          .generatePublic(new X509EncodedKeySpec(Bytes.concat(X509_PREFIX, key.bytes()).toArray()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every 32 bytes are an encoded key", e);
    }
  }
}

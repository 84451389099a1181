package nimble.p2p.netty;

import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import nimble.codec.Bytes;
import nimble.crypto.SigningKey;

/// Certificates that say nothing but a key, and never expire: the key is the identity.
///
/// All but the key and the signature is the same in all of them, so there is nothing to build: an
/// X.509 certificate (RFC 5280) of version 3 with an Ed25519 key (RFC 8410), from 2020 to 9999,
/// number 1, of and by `CN=nimble`.
final class Certificates {
  private static final Bytes BODY_BEFORE_KEY =
      hex(
          """
          3081 83
            a003 020102
            0201 01
            3005 0603 2b6570
            3011 310f 300d 0603 550403 0c06 6e696d626c65
            3020 170d 3230303130313030303030305a 180f 39393939313233313233353935395a
            3011 310f 300d 0603 550403 0c06 6e696d626c65
            302a 3005 0603 2b6570 0321 00
          """);
  private static final Bytes BEFORE_BODY = hex("3081 d0");
  private static final Bytes BEFORE_SIGNATURE = hex("3005 0603 2b6570 0341 00");

  private Certificates() {}

  private static Bytes hex(String text) {
    return Bytes.wrap(HexFormat.of().parseHex(text.replaceAll("\\s", "")));
  }

  static X509Certificate selfSigned(SigningKey key) {
    Bytes body = Bytes.concat(BODY_BEFORE_KEY, key.publicKey().bytes());
    Bytes whole = Bytes.concat(BEFORE_BODY, body, BEFORE_SIGNATURE, key.sign(body).bytes());
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(whole.toArray()));
    } catch (CertificateException e) {
      throw new IllegalStateException("X.509 is part of every JDK", e);
    }
  }
}

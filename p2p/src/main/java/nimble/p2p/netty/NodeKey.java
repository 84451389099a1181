package nimble.p2p.netty;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.math.BigInteger;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import javax.net.ssl.SSLException;
import nimble.codec.Bytes;
import nimble.crypto.PlatformKeys;
import nimble.crypto.SigningKey;
import nimble.types.PublicKey;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// A node's key and the self-signed certificate that carries it (rule P1). The certificate says
/// nothing but the key, and never expires: the key is the identity.
final class NodeKey {
  private static final Instant BEGIN = Instant.parse("2020-01-01T00:00:00Z");
  private static final Instant END = Instant.parse("9999-12-31T23:59:59Z");

  private final PublicKey id;
  private final PrivateKey secret;
  private final X509Certificate certificate;

  NodeKey(SigningKey key) {
    id = key.publicKey();
    secret = key.toPlatform();
    try {
      certificate = certify(PlatformKeys.publicKey(id), secret);
    } catch (OperatorCreationException | CertificateException e) {
      throw new IllegalStateException("Ed25519 and X.509 are part of every JDK", e);
    }
  }

  private static X509Certificate certify(java.security.PublicKey open, PrivateKey secret)
      throws OperatorCreationException, CertificateException {
    X500Name name = new X500Name("CN=nimble");
    X509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            name, BigInteger.ONE, Date.from(BEGIN), Date.from(END), name, open);
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(
                new JcaContentSignerBuilder("Ed25519").setProvider("SunEC").build(secret)));
  }

  /// The node id in a peer's certificate.
  static PublicKey idIn(X509Certificate[] chain) throws CertificateException {
    if (chain.length != 1) {
      throw new CertificateException(
          "it showed %d certificates instead of one".formatted(chain.length));
    }
    Bytes encoded = Bytes.copyOf(chain[0].getPublicKey().getEncoded());
    if (encoded.size() > PublicKey.SIZE) {
      PublicKey id = new PublicKey(encoded.slice(encoded.size() - PublicKey.SIZE, encoded.size()));
      if (encoded.equals(Bytes.wrap(PlatformKeys.publicKey(id).getEncoded()))) {
        return id;
      }
    }
    throw new CertificateException("its certificate holds no Ed25519 key");
  }

  PublicKey id() {
    return id;
  }

  SslContext server() throws SSLException {
    return tls(
        SslContextBuilder.forServer(secret, certificate).clientAuth(ClientAuth.REQUIRE),
        Optional.empty());
  }

  SslContext client(Optional<PublicKey> expected) throws SSLException {
    return tls(SslContextBuilder.forClient().keyManager(secret, certificate), expected);
  }

  private static SslContext tls(SslContextBuilder builder, Optional<PublicKey> expected)
      throws SSLException {
    return builder
        .sslProvider(SslProvider.JDK)
        .protocols("TLSv1.3")
        .endpointIdentificationAlgorithm(null)
        .trustManager(new PeerTrust(expected))
        .build();
  }
}

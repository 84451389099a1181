package nimble.p2p.netty;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import java.util.Optional;
import javax.net.ssl.SSLException;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.types.PublicKey;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// A node's Ed25519 key and the self-signed certificate that carries it (rule P1). The certificate
/// says nothing but the key, and never expires: the key is the identity.
public final class NodeKey {
  public static final int SEED_SIZE = 32;

  // RFC 8410: what stands before the 32 bytes in PKCS #8 and in X.509.
  private static final Bytes PKCS8_HEAD = known("302e020100300506032b657004220420");
  private static final Bytes X509_HEAD = known("302a300506032b6570032100");
  private static final Instant BEGIN = Instant.parse("2020-01-01T00:00:00Z");
  private static final Instant END = Instant.parse("9999-12-31T23:59:59Z");

  private final PublicKey id;
  private final PrivateKey secret;
  private final X509Certificate certificate;

  private NodeKey(PublicKey id, PrivateKey secret, X509Certificate certificate) {
    this.id = id;
    this.secret = secret;
    this.certificate = certificate;
  }

  public static NodeKey ofSeed(Bytes seed) {
    Invariant.check(seed.size() == SEED_SIZE, "seed of %d bytes", seed.size());
    Bytes point =
        Bytes.wrap(
            new Ed25519PrivateKeyParameters(seed.toArray(), 0).generatePublicKey().getEncoded());
    try {
      KeyFactory keys = KeyFactory.getInstance("Ed25519", "SunEC");
      PrivateKey secret =
          keys.generatePrivate(new PKCS8EncodedKeySpec(Bytes.concat(PKCS8_HEAD, seed).toArray()));
      java.security.PublicKey open =
          keys.generatePublic(new X509EncodedKeySpec(Bytes.concat(X509_HEAD, point).toArray()));
      return new NodeKey(new PublicKey(point), secret, certify(open, secret));
    } catch (GeneralSecurityException | OperatorCreationException e) {
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
    if (encoded.size() != X509_HEAD.size() + PublicKey.SIZE || !encoded.startsWith(X509_HEAD)) {
      throw new CertificateException("its certificate holds no Ed25519 key");
    }
    return new PublicKey(encoded.slice(X509_HEAD.size(), encoded.size()));
  }

  public PublicKey id() {
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

  private static Bytes known(String digits) {
    return Bytes.wrap(HexFormat.of().parseHex(digits));
  }
}

package nimble.p2p.netty;

import io.netty.handler.ssl.SslHandler;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import nimble.codec.Bytes;
import nimble.crypto.PlatformKeys;
import nimble.crypto.SigningKey;
import nimble.types.PublicKey;

/// A node's key and the self-signed certificate that carries it (rule P1).
final class NodeKey {
  static final String PROTOCOL = "TLSv1.3";

  private final PublicKey id;
  private final KeyManager shown;

  NodeKey(SigningKey key) {
    id = key.publicKey();
    PrivateKey secret = key.toPlatform();
    shown = new OneKey(secret, Certificates.selfSigned(key));
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

  /// Of every connection that comes in.
  Supplier<SslHandler> server() {
    SSLContext context = context(Optional.empty());
    return () -> {
      SSLEngine engine = context.createSSLEngine();
      engine.setUseClientMode(false);
      engine.setNeedClientAuth(true);
      return handler(engine);
    };
  }

  /// Of a connection to `expected`, if somebody is.
  Supplier<SslHandler> client(Optional<PublicKey> expected) {
    SSLContext context = context(expected);
    return () -> {
      SSLEngine engine = context.createSSLEngine();
      engine.setUseClientMode(true);
      return handler(engine);
    };
  }

  private static SslHandler handler(SSLEngine engine) {
    engine.setEnabledProtocols(new String[] {PROTOCOL});
    return new SslHandler(engine);
  }

  SSLContext context(Optional<PublicKey> expected) {
    try {
      SSLContext context = SSLContext.getInstance(PROTOCOL);
      context.init(new KeyManager[] {shown}, new TrustManager[] {new PeerTrust(expected)}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("TLS 1.3 is part of every JDK", e);
    }
  }
}

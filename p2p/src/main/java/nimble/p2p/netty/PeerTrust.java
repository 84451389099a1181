package nimble.p2p.netty;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import nimble.p2p.Text;
import nimble.types.PublicKey;

/// Trusts any Ed25519 key, or exactly the one that was dialled. That the peer holds it is proven by
/// TLS itself; there is no authority.
final class PeerTrust extends X509ExtendedTrustManager {
  private final Optional<PublicKey> expected;

  PeerTrust(Optional<PublicKey> expected) {
    this.expected = expected;
  }

  private void check(X509Certificate[] chain) throws CertificateException {
    PublicKey found = NodeKey.idIn(chain);
    if (expected.isPresent() && !expected.get().equals(found)) {
      throw new CertificateException(
          "node %s was dialled, but node %s is there"
              .formatted(Text.brief(expected.get()), Text.brief(found)));
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    check(chain);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}

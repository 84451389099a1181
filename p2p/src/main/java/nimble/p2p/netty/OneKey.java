package nimble.p2p.netty;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/// Shows the same certificate to everybody.
final class OneKey extends X509ExtendedKeyManager {
  private static final String NAME = "node";

  private final PrivateKey secret;
  private final X509Certificate certificate;

  OneKey(PrivateKey secret, X509Certificate certificate) {
    this.secret = secret;
    this.certificate = certificate;
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return secret;
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return new X509Certificate[] {certificate};
  }

  @Override
  public String chooseEngineServerAlias(String type, Principal[] issuers, SSLEngine engine) {
    return NAME;
  }

  @Override
  public String chooseEngineClientAlias(String[] types, Principal[] issuers, SSLEngine engine) {
    return NAME;
  }

  @Override
  public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
    return NAME;
  }

  @Override
  public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
    return NAME;
  }

  @Override
  public String[] getServerAliases(String type, Principal[] issuers) {
    return new String[] {NAME};
  }

  @Override
  public String[] getClientAliases(String type, Principal[] issuers) {
    return new String[] {NAME};
  }
}

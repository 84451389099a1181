package nimble.p2p.netty;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import nimble.codec.Malformed;
import nimble.p2p.Text;
import org.jspecify.annotations.Nullable;

/// Why a connection ended, in plain words.
final class Reasons {
  private static final int CAUSES_MAX = 8;

  private Reasons() {}

  static String of(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; depth < CAUSES_MAX; depth++) {
      String words = plain(cause);
      if (words != null) {
        return Text.reason(words);
      }
      if (cause.getCause() == null) {
        break;
      }
      cause = cause.getCause();
    }
    return Text.reason("connection failed: " + cause);
  }

  static boolean isMalformed(Throwable failure) {
    return failure instanceof Malformed || failure.getCause() instanceof Malformed;
  }

  private static @Nullable String plain(Throwable cause) {
    return switch (cause) {
      case Malformed malformed -> malformed.getMessage();
      case CertificateException certificate -> certificate.getMessage();
      case ConnectTimeoutException late -> "no answer to dialling";
      case ConnectException refused -> "nothing listens there";
      case UnknownHostException unknown -> "the host name does not resolve";
      case NotSslRecordException plain -> "it does not speak TLS";
      case SslHandshakeTimeoutException late -> "no TLS handshake in time";
      case ClosedChannelException closed -> "it closed the connection during the handshake";
      case SSLException alert when mentions(alert, "fatal alert: certificate_unknown") ->
          "it does not accept this node's key: it dialled another node";
      case SocketException reset when mentions(reset, "reset") -> "the connection was reset";
      default -> null;
    };
  }

  private static boolean mentions(Throwable cause, String words) {
    return String.valueOf(cause.getMessage()).contains(words);
  }
}

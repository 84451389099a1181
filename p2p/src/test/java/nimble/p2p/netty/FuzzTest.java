package nimble.p2p.netty;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.p2p.Kind;
import nimble.sim.FuzzTarget;
import org.junit.jupiter.api.Test;

/// The first that is read of a stranger's bytes.
public final class FuzzTest {
  private static final List<FuzzTarget> TARGETS =
      List.of(
          FuzzTarget.through("FrameReader", FuzzTest::frames),
          FuzzTarget.through("PeerCertificate", FuzzTest::certificate));

  /// What TLS shows of a stranger, as far as we look at it.
  private static Bytes certificate(Bytes input) throws Malformed {
    try {
      X509Certificate shown =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(input.toArray()));
      NodeKey.idIn(new X509Certificate[] {shown});
      return input;
    } catch (CertificateException | ArrayIndexOutOfBoundsException e) {
      // The second is the JDK's word for an Ed25519 key of no bytes; in a handshake it ends the
      // connection, as every failure does.
      throw new Malformed(Reasons.of(e));
    }
  }

  /// Writes each frame as it must have stood there.
  private static final class Sink implements FrameReader.Owner {
    private final ByteArrayOutputStream read = new ByteArrayOutputStream();
    private Optional<Throwable> failure = Optional.empty();
    private long millis;

    /// So much passes that no rate is reached.
    @Override
    public long nowMillis() {
      return millis += 60_000;
    }

    @Override
    public boolean isEnding() {
      return false;
    }

    @Override
    public void expects(Kind kind) {}

    @Override
    public boolean frame(Kind kind, Bytes payload) {
      read.writeBytes(Bytes.ofU64(1L + payload.size()).slice(4, 8).toArray());
      read.write(kind.code());
      read.writeBytes(payload.toArray());
      return true;
    }

    @Override
    public boolean offerAgain() {
      return true;
    }

    @Override
    public void ignored(Kind kind) {
      throw new AssertionError("nothing ends here");
    }

    @Override
    public void begun() {}

    @Override
    public void secured() {}

    @Override
    public void failed(Throwable cause) {
      failure = failure.or(() -> Optional.of(cause));
    }

    @Override
    public void writabilityChanged() {}
  }

  /// Whole, and cut anywhere, the stream has the same frames.
  private static Bytes frames(Bytes input) throws Malformed {
    Bytes whole = read(input);
    int middle = input.size() / 2;
    Bytes cut = read(input.slice(0, middle), input.slice(middle, input.size()));
    if (!cut.equals(whole)) {
      throw new AssertionError("in two pieces it reads " + cut);
    }
    return Bytes.concat(whole, input.slice(whole.size(), input.size()));
  }

  private static Bytes read(Bytes... pieces) throws Malformed {
    Sink sink = new Sink();
    EmbeddedChannel channel = new EmbeddedChannel(new FrameReader(sink));
    for (Bytes piece : pieces) {
      channel.writeInbound(Unpooled.wrappedBuffer(piece.asBuffer()));
    }
    channel.finishAndReleaseAll();
    if (sink.failure.isPresent()) {
      Throwable cause = sink.failure.get();
      if (!Reasons.isMalformed(cause)) {
        throw new AssertionError(cause);
      }
      throw new Malformed(Reasons.of(cause));
    }
    return Bytes.wrap(sink.read.toByteArray());
  }

  public static void fuzzerTestOneInput(byte[] input) {
    FuzzTarget.run(TARGETS, input);
  }

  @Test
  void everyStreamIsRefusedOrRead() {
    FuzzTarget.replay(FuzzTest.class, TARGETS);
  }
}

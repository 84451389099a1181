package nimble.node.cli.chain;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import nimble.chain.Header;
import nimble.codec.Malformed;
import nimble.light.Anchor;
import nimble.light.ProofBundle;
import nimble.light.Trust;
import nimble.node.client.ClientFailure;
import nimble.node.files.Mistake;
import nimble.node.files.SafeFile;

/// A proof in a file, checked without a node.
record ReceiptFile(ProofBundle bundle, TrustOptions.Known known) {
  static ReceiptFile verified(Path file, TrustOptions trust)
      throws Mistake, IOException, ClientFailure {
    ProofBundle bundle;
    try {
      bundle = ProofBundle.decode(SafeFile.readBytes(file, ProofBundle.BYTES_MAX));
    } catch (Malformed e) {
      throw Mistake.in(file.toString(), e);
    }
    Header header = bundle.finality().headers().getFirst();
    TrustOptions.Known known = trust.root(header.chain(), "");
    try {
      bundle.verify(known.trust());
    } catch (Malformed e) {
      throw new ClientFailure(
          ClientFailure.Kind.REJECTED,
          "%s does not hold against %s: %s".formatted(file, known.words(), e.reason()));
    }
    known.check(trustedTime(bundle, known.trust()));
    return new ReceiptFile(bundle, known);
  }

  private static Optional<Long> trustedTime(ProofBundle bundle, Trust trust) {
    return switch (trust) {
      case Trust.InGenesis _ -> Optional.empty();
      case Trust.InBlock(var checkpoint) ->
          Stream.of(
                  bundle.anchor().map(Anchor::header).stream(),
                  bundle.steps().stream().map(it -> it.boundary()),
                  bundle.finality().headers().stream())
              .flatMap(it -> it)
              .filter(checkpoint::names)
              .map(Header::timeMillis)
              .findFirst();
    };
  }
}

package nimble.node.chain;

import java.util.Optional;
import nimble.chain.Block;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.consensus.Certificate;

/// A block as it travels in answer to a request, with the certificate that finalized it directly.
record FinalizedItem(Block block, Optional<Certificate> certificate) {
  private static final int CERTIFICATE_BYTES_MAX = 512;

  Bytes encode() {
    return encode(block.encode(), certificate.map(it -> Writer.encode(it::write)));
  }

  static Bytes encode(Bytes block, Optional<Bytes> certificate) {
    return Writer.encode(writer ->
        writer
            .bytes(block, Block.BYTES_MAX)
            .optional(certificate, (bytes, to) -> to.bytes(bytes, CERTIFICATE_BYTES_MAX)));
  }

  static FinalizedItem decode(Bytes bytes) throws Malformed {
    return Reader.decode(
        bytes,
        reader -> {
          Block block = Block.decode(reader.bytes(Block.BYTES_MAX));
          Optional<Bytes> certificate = reader.optional(from -> from.bytes(CERTIFICATE_BYTES_MAX));
          return new FinalizedItem(
              block,
              certificate.isPresent()
                  ? Optional.of(Reader.decode(certificate.get(), Certificate::read))
                  : Optional.empty());
        });
  }
}

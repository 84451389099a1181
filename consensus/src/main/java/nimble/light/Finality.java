package nimble.light;

import java.util.List;
import nimble.chain.Header;
import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.consensus.Certificate;

/// Why a header is final (Y4).
///
/// @param headers the header itself, then its descendants up to the one that the votes are on
public record Finality(List<Header> headers, Certificate certificate) {
  /// A block has its own votes or is followed soon by one that has.
  public static final int HEADERS_MAX = 256;

  public Finality {
    headers = List.copyOf(headers);
    Invariant.check(
        !headers.isEmpty() && headers.size() <= HEADERS_MAX, "%d headers", headers.size());
  }

  public static Finality direct(Header header, Certificate certificate) {
    return new Finality(List.of(header), certificate);
  }

  /// What is final; check it first ([Verifier#verify]).
  Header header() {
    return headers.getFirst();
  }

  public void write(Writer writer) {
    writer.list(headers, HEADERS_MAX, Header::write);
    certificate.write(writer);
  }

  public static Finality read(Reader reader) throws Malformed {
    List<Header> headers = reader.list(HEADERS_MAX, Header::read);
    if (headers.isEmpty()) {
      throw new Malformed("finality of no header");
    }
    return new Finality(headers, Certificate.read(reader));
  }
}

package nimble.consensus;

import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;

/// Asks for the certificates of the views `from..to`, both included. An answer holds at most
/// [#CERTIFICATES_MAX], lowest views first after the newest finalization; a request for more is
/// answered in part.
public record Request(long epoch, long from, long to) implements Message {
  public static final int CERTIFICATES_MAX = 128;

  public Request {
    Invariant.check(epoch >= 0 && from >= 1 && from <= to, "epoch %d %d..%d", epoch, from, to);
  }

  @Override
  public void write(Writer writer) {
    writer.i64(epoch).i64(from).i64(to);
  }

  public static Request read(Reader reader) throws Malformed {
    long epoch = reader.i64();
    long from = Proposal.readView(reader);
    long to = Proposal.readView(reader);
    if (from > to) {
      throw new Malformed("views %d..%d".formatted(from, to));
    }
    return new Request(epoch, from, to);
  }
}

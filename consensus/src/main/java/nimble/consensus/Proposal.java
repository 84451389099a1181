package nimble.consensus;

import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Hash;

/// What a leader puts to the vote in one view: the digest of a payload that extends the payload of
/// `parentView`. View 0 is genesis, which is its own parent and is never voted on.
public record Proposal(long epoch, long view, long parentView, Hash digest) {
  public static final long VIEW_MAX = 1L << 48;

  public Proposal {
    Invariant.check(epoch >= 0 && view >= 0 && view <= VIEW_MAX, "epoch %d view %d", epoch, view);
    Invariant.check(
        parentView >= 0 && (parentView < view || view == 0),
        "view %d extends view %d",
        view,
        parentView);
  }

  /// What every first proposal of an epoch extends: final without a certificate.
  public static Proposal genesis(long epoch, Hash digest) {
    return new Proposal(epoch, 0, 0, digest);
  }

  public void write(Writer writer) {
    writer.i64(epoch).i64(view).i64(parentView);
    digest.write(writer);
  }

  public static Proposal read(Reader reader) throws Malformed {
    long epoch = reader.i64();
    long view = readView(reader);
    long parentView = reader.i64();
    if (parentView >= view) {
      throw new Malformed("view %d extends view %d".formatted(view, parentView));
    }
    return new Proposal(epoch, view, parentView, Hash.read(reader));
  }

  static long readView(Reader reader) throws Malformed {
    long view = reader.i64();
    if (view == 0 || view > VIEW_MAX) {
      throw new Malformed("view %d is not within 1..%d".formatted(view, VIEW_MAX));
    }
    return view;
  }

  /// Short enough for a log line: `epoch/view<parent:digest`.
  @Override
  public String toString() {
    return "%d/%d<%d:%.8s".formatted(epoch, view, parentView, digest);
  }
}

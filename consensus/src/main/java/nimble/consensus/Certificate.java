package nimble.consensus;

import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.VoteSignature;

/// Votes on one subject as one aggregate signature. Of quorum weight it is a notarization, a
/// nullification or a finalization; the type itself promises no weight (see [Committee#isQuorum]).
public record Certificate(Vote vote, SignerSet signers, VoteSignature aggregate)
    implements Message {
  public long view() {
    return vote.view();
  }

  @Override
  public long epoch() {
    return vote.epoch();
  }

  @Override
  public void write(Writer writer) {
    vote.write(writer);
    signers.write(writer);
    aggregate.write(writer);
  }

  public static Certificate read(Reader reader) throws Malformed {
    return new Certificate(Vote.read(reader), SignerSet.read(reader), VoteSignature.read(reader));
  }

  @Override
  public String toString() {
    return "%s by %s".formatted(vote, signers);
  }
}

package nimble.consensus;

import nimble.check.Invariant;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.VoteSignature;

/// One validator's vote with its signature over [Vote#preimage].
public record SignedVote(int signer, Vote vote, VoteSignature signature) implements Message {
  public SignedVote {
    Invariant.check(signer >= 0 && signer < Committee.VALIDATORS_MAX, "validator %d", signer);
  }

  @Override
  public long epoch() {
    return vote.epoch();
  }

  @Override
  public void write(Writer writer) {
    writer.u8(signer);
    vote.write(writer);
    signature.write(writer);
  }

  public static SignedVote read(Reader reader) throws Malformed {
    int signer = reader.u8();
    if (signer >= Committee.VALIDATORS_MAX) {
      throw new Malformed("validator %d".formatted(signer));
    }
    return new SignedVote(signer, Vote.read(reader), VoteSignature.read(reader));
  }

  @Override
  public String toString() {
    return "%d:%s".formatted(signer, vote);
  }
}

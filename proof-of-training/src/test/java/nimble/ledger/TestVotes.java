package nimble.ledger;

import java.util.Optional;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.crypto.VoteSigningKey;
import nimble.ledger.Offences.Offence;
import nimble.ledger.Offences.Statement;
import nimble.types.ChainId;
import nimble.types.VoteSignature;

/// Votes of a consensus that knows two things only: what was said, and that saying two things in
/// one view is an offence.
public record TestVotes(int signer, long epoch, long view, int said, VoteSignature signature) {
  public static Bytes vote(VoteSigningKey key, int signer, long epoch, long view, int said) {
    return Writer.encode(
        new TestVotes(signer, epoch, view, said, key.sign(preimage(epoch, view, said)))::write);
  }

  private static Bytes preimage(long epoch, long view, int said) {
    return Writer.encode(writer -> writer.i64(epoch).i64(view).u8(said));
  }

  private void write(Writer writer) {
    writer.u8(signer).i64(epoch).i64(view).u8(said);
    signature.write(writer);
  }

  private static TestVotes read(Reader reader) throws Malformed {
    return new TestVotes(
        reader.u8(), reader.i64(), reader.i64(), reader.u8(), VoteSignature.read(reader));
  }

  private Statement statement() {
    return new Statement(preimage(epoch, view, said), signature);
  }

  public static Optional<Offence> offence(ChainId chain, Bytes first, Bytes second) {
    try {
      TestVotes one = Reader.decode(first, TestVotes::read);
      TestVotes other = Reader.decode(second, TestVotes::read);
      boolean conflict =
          one.signer == other.signer
              && one.epoch == other.epoch
              && one.view == other.view
              && one.said != other.said;
      return conflict
          ? Optional.of(
              new Offence(one.epoch, one.view, one.signer, one.statement(), other.statement()))
          : Optional.empty();
    } catch (Malformed e) {
      return Optional.empty();
    }
  }
}

package nimble.node.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import nimble.codec.Bytes;
import nimble.codec.Writer;
import nimble.consensus.Proposal;
import nimble.consensus.SignedVote;
import nimble.consensus.Vote;
import nimble.crypto.Bls;
import nimble.crypto.Hashing;
import nimble.crypto.VoteSigningKey;
import nimble.ledger.Offences.Offence;
import nimble.types.ChainId;
import org.junit.jupiter.api.Test;

/// Which votes are evidence against who signed them.
final class ConflictingVotesTest {
  private static final ChainId CHAIN = new ChainId("test");
  private static final VoteSigningKey KEY = VoteSigningKey.fromSeed(Bytes.wrap(new byte[32]));
  private static final Vote NOTARIZE = new Vote.Notarize(proposal(7, "a"));
  private static final Vote FINALIZE = new Vote.Finalize(proposal(7, "a"));
  private static final Vote NULLIFY = new Vote.Nullify(3, 7);

  private static Proposal proposal(long view, String digest) {
    return new Proposal(3, view, 6, Hashing.of(digest));
  }

  private static Bytes signed(int signer, Vote vote) {
    SignedVote signed = new SignedVote(signer, vote, KEY.sign(vote.preimage(CHAIN)));
    return Writer.encode(signed::write);
  }

  private static Optional<Offence> offence(Vote first, Vote second) {
    return new ConflictingVotes().of(CHAIN, signed(5, first), signed(5, second));
  }

  @Test
  void contradictionsAreOffences() {
    Offence offence = offence(NOTARIZE, new Vote.Notarize(proposal(7, "b"))).orElseThrow();
    assertEquals(3, offence.epoch());
    assertEquals(7, offence.view());
    assertEquals(5, offence.signer());
    assertTrue(Bls.verify(KEY.voteKey(), offence.first().preimage(), offence.first().signature()));
    assertTrue(
        Bls.verify(KEY.voteKey(), offence.second().preimage(), offence.second().signature()));
    assertTrue(offence(FINALIZE, new Vote.Finalize(proposal(7, "b"))).isPresent());
    assertTrue(offence(FINALIZE, NULLIFY).isPresent());
    assertTrue(offence(NULLIFY, FINALIZE).isPresent());
  }

  @Test
  void whatAnHonestValidatorSignsIsNone() {
    assertEquals(Optional.empty(), offence(NOTARIZE, NOTARIZE));
    assertEquals(Optional.empty(), offence(NOTARIZE, NULLIFY));
    assertEquals(Optional.empty(), offence(NOTARIZE, FINALIZE));
    assertEquals(Optional.empty(), offence(NOTARIZE, new Vote.Notarize(proposal(8, "b"))));
  }

  @Test
  void votesOfTwoAndGarbageAreNone() {
    ConflictingVotes votes = new ConflictingVotes();
    Bytes first = signed(5, FINALIZE);
    assertEquals(Optional.empty(), votes.of(CHAIN, first, signed(6, NULLIFY)));
    assertEquals(Optional.empty(), votes.of(CHAIN, first, Bytes.utf8("no vote")));
  }
}

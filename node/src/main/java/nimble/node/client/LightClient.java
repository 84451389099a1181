package nimble.node.client;

import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import nimble.api.v1.ProofView;
import nimble.chain.Header;
import nimble.chain.ValidatorSet;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.consensus.Certificate;
import nimble.consensus.Committee;
import nimble.consensus.Vote;
import nimble.crypto.VoteKeyRing;
import nimble.genesis.Genesis;
import nimble.node.api.Wire;
import nimble.state.StateProof;

/// Checks what a node says of the state against the validators of genesis (Y2): the value's proof
/// under the header's state root, the header's digest in the certificate, and the certificate's
/// votes.
public final class LightClient {
  /// What is proven.
  ///
  /// @param value empty when the state holds none
  public record Proven(Header header, Bytes key, Optional<Bytes> value, Certificate certificate) {}

  private final Genesis genesis;
  private final ValidatorSet set;
  private final Committee committee;
  private final VoteKeyRing ring;

  /// Malformed when a key in the genesis is none.
  public LightClient(Genesis genesis) throws Malformed {
    this.genesis = genesis;
    this.set = genesis.validatorSet();
    List<Long> weights = set.validators().stream().map(ValidatorSet.Validator::stake).toList();
    this.committee = new Committee(0, weights, Committee.OBSERVER, _ -> 0);
    this.ring =
        VoteKeyRing.of(set.validators().stream().map(ValidatorSet.Validator::voteKey).toList());
  }

  /// Malformed says which link of the chain of proof does not hold.
  public Proven verify(ProofView view) throws Malformed {
    Header header = Reader.decode(Wire.from(view.getHeader()), Header::read);
    Certificate certificate = verifyHeader(header, Wire.from(view.getCertificate()));
    Bytes key = Wire.from(view.getKey());
    StateProof proof = Reader.decode(Wire.from(view.getProof()), StateProof::read);
    Optional<Bytes> value = proof.verify(header.stateRoot(), key);
    if (value.isPresent() != view.getPresent()
        || (value.isPresent() && !value.get().equals(Wire.from(view.getValue())))) {
      throw new Malformed("the node's value is not the proven one");
    }
    return new Proven(header, key, value, certificate);
  }

  /// The certificate, when it makes this very header final.
  public Certificate verifyHeader(Header header, Bytes certificate) throws Malformed {
    if (!header.chain().equals(genesis.chain()) || !header.setHash().equals(set.hash())) {
      throw new Malformed("the header is of another chain or another validator set");
    }
    if (certificate.isEmpty()) {
      throw new Malformed("the header comes without a certificate");
    }
    Certificate read = Reader.decode(certificate, Certificate::read);
    boolean finalizes =
        read.vote() instanceof Vote.Finalize(var proposal)
            && proposal.digest().equals(header.digest())
            && proposal.epoch() == header.epoch()
            && proposal.view() == header.view();
    if (!finalizes) {
      throw new Malformed("the certificate does not finalize this header");
    }
    if (!committee.isQuorum(read.signers())) {
      throw new Malformed("the certificate's signers are no quorum");
    }
    BitSet signers = new BitSet();
    read.signers().indexes().forEach(signers::set);
    if (!ring.verify(signers, read.vote().preimage(genesis.chain()), read.aggregate())) {
      throw new Malformed("the certificate's signature is wrong");
    }
    return read;
  }
}

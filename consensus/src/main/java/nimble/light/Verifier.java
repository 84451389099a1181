package nimble.light;

import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import nimble.chain.Header;
import nimble.chain.ValidatorSet;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.consensus.Certificate;
import nimble.consensus.Committee;
import nimble.consensus.Proposal;
import nimble.consensus.Vote;
import nimble.crypto.VoteKeyRing;
import nimble.crypto.VoteMessage;
import nimble.genesis.Genesis;
import nimble.types.ChainId;
import nimble.types.Hash;
import nimble.types.VoteKey;

/// Knows the validators of one epoch, and checks what they signed. It starts at a trusted point
/// (Y3) and goes on epoch by epoch with [#follow]. Immutable; any thread may use it.
///
/// Every method answers, or says in [Malformed] which link of the chain of proof does not hold.
public final class Verifier {
  private final ChainId chain;
  private final long epoch;
  private final ValidatorSet set;
  private final Hash setHash;
  private final Committee committee;
  private final VoteKeyRing ring;
  private final Optional<Header> before;

  private Verifier(
      ChainId chain, long epoch, ValidatorSet set, VoteKeyRing ring, Optional<Header> before) {
    this.chain = chain;
    this.epoch = epoch;
    this.set = set;
    this.setHash = set.hash();
    List<Long> weights = set.validators().stream().map(ValidatorSet.Validator::stake).toList();
    this.committee = new Committee(epoch, weights, Committee.OBSERVER, _ -> 0);
    this.ring = ring;
    this.before = before;
  }

  /// From a trusted genesis: knows epoch 0.
  public static Verifier of(Genesis genesis) throws Malformed {
    List<String> errors = genesis.errors();
    if (!errors.isEmpty()) {
      throw new Malformed("genesis: " + String.join("; ", errors));
    }
    ValidatorSet first = genesis.validatorSet();
    return new Verifier(genesis.chain(), 0, first, ring(first), Optional.empty());
  }

  /// From a trusted block: knows the epoch of that block. The anchor may come from anybody.
  public static Verifier of(Checkpoint trusted, Anchor anchor) throws Malformed {
    Header header = anchor.header();
    if (!trusted.names(header)) {
      throw new Malformed(
          "the header is %s, the trusted block is %s".formatted(Checkpoint.of(header), trusted));
    }
    if (!header.setHash().equals(anchor.set().hash())) {
      throw new Malformed("the validator set is not the one that the trusted block names");
    }
    ValidatorSet set = anchor.set();
    return new Verifier(header.chain(), header.epoch(), set, ring(set), Optional.of(header));
  }

  /// From a trusted block that ends an epoch: knows the next one.
  public static Verifier after(Checkpoint trusted, Header boundary, ValidatorSet next)
      throws Malformed {
    if (!trusted.names(boundary)) {
      throw new Malformed(
          "the header is %s, the trusted block is %s".formatted(Checkpoint.of(boundary), trusted));
    }
    checkNext(boundary, next);
    return following(boundary, next, ring(next));
  }

  private static VoteKeyRing ring(ValidatorSet set) throws Malformed {
    return VoteKeyRing.of(voteKeys(set));
  }

  private static List<VoteKey> voteKeys(ValidatorSet set) {
    return set.validators().stream().map(ValidatorSet.Validator::voteKey).toList();
  }

  public ChainId chain() {
    return chain;
  }

  /// The epoch whose headers it checks.
  public long epoch() {
    return epoch;
  }

  public ValidatorSet set() {
    return set;
  }

  /// What the present epoch was learned from: the newest block that is known to be final. Empty
  /// when it was learned from genesis.
  public Optional<Header> before() {
    return before;
  }

  /// One epoch further (Y5).
  public Verifier follow(EpochStep step) throws Malformed {
    Header boundary = verify(Finality.direct(step.boundary(), step.certificate()));
    if (before.filter(it -> it.height().compareTo(boundary.height()) >= 0).isPresent()
        && !before.get().equals(boundary)) {
      throw new Malformed("epoch %d ends before a block that it holds".formatted(epoch));
    }
    checkNext(boundary, step.next());
    boolean sameKeys = voteKeys(step.next()).equals(voteKeys(set));
    return following(boundary, step.next(), sameKeys ? ring : ring(step.next()));
  }

  private static void checkNext(Header boundary, ValidatorSet next) throws Malformed {
    if (boundary.nextSetHash().isEmpty()) {
      throw new Malformed(
          "block %s does not end epoch %d".formatted(boundary.height(), boundary.epoch()));
    }
    if (!boundary.nextSetHash().get().equals(next.hash())) {
      throw new Malformed(
          "the set of epoch %d is not the one that block %s names"
              .formatted(boundary.epoch() + 1, boundary.height()));
    }
  }

  private static Verifier following(Header boundary, ValidatorSet next, VoteKeyRing ring) {
    return new Verifier(boundary.chain(), boundary.epoch() + 1, next, ring, Optional.of(boundary));
  }

  /// The header, when the votes of this epoch's set make it final (Y4).
  public Header verify(Finality finality) throws Malformed {
    for (Header header : finality.headers()) {
      checkPlace(header);
    }
    checkLinks(finality.headers());
    checkVotes(finality.headers().getLast(), finality.certificate());
    return finality.header();
  }

  /// The value at the claim's key under a header that is final, empty when it has none (Y6).
  public Optional<Bytes> verify(Finality finality, StateClaim claim) throws Malformed {
    return claim.valueUnder(verify(finality));
  }

  /// The header of the block that holds the entry (Y6).
  public Header verify(Finality finality, Inclusion inclusion) throws Malformed {
    Header header = verify(finality);
    inclusion.checkUnder(header);
    return header;
  }

  private void checkPlace(Header header) throws Malformed {
    if (!header.chain().equals(chain)) {
      throw new Malformed(
          "block %s is of chain %s, not of %s".formatted(header.height(), header.chain(), chain));
    }
    if (header.epoch() != epoch) {
      throw new Malformed(
          "block %s is of epoch %d, the validators known are those of epoch %d"
              .formatted(header.height(), header.epoch(), epoch));
    }
    if (!header.setHash().equals(setHash)) {
      throw new Malformed("block %s names another validator set".formatted(header.height()));
    }
  }

  /// Each header is the next one's parent.
  static void checkLinks(List<Header> headers) throws Malformed {
    for (int i = 1; i < headers.size(); i++) {
      Header parent = headers.get(i - 1);
      Header child = headers.get(i);
      if (!child.parent().equals(parent.digest())
          || child.height().value() - 1 != parent.height().value()) {
        throw new Malformed(
            "block %s is not the parent of the one after it".formatted(parent.height()));
      }
    }
  }

  private void checkVotes(Header header, Certificate certificate) throws Malformed {
    if (!(certificate.vote() instanceof Vote.Finalize(Proposal proposal))
        || !proposal.digest().equals(header.digest())
        || proposal.epoch() != epoch
        || !isViewOf(header, proposal.view())) {
      throw new Malformed("the certificate does not finalize block " + header.height());
    }
    if (!committee.isQuorum(certificate.signers())) {
      throw new Malformed("the certificate of block %s has no quorum".formatted(header.height()));
    }
    BitSet signers = new BitSet();
    certificate.signers().indexes().forEach(signers::set);
    VoteMessage message = VoteMessage.of(certificate.vote().preimage(chain));
    if (!ring.verify(signers, message, certificate.aggregate())) {
      throw new Malformed(
          "the signature of the certificate of block %s is wrong".formatted(header.height()));
    }
  }

  /// An epoch's last block keeps its header when it is proposed again (Y5).
  private static boolean isViewOf(Header header, long view) {
    return header.nextSetHash().isPresent() ? view >= header.view() : view == header.view();
  }
}

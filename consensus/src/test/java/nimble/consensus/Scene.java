package nimble.consensus;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import nimble.codec.Bytes;
import nimble.consensus.Vote.Finalize;
import nimble.consensus.Vote.Notarize;
import nimble.consensus.Vote.Nullify;
import nimble.types.Hash;
import nimble.types.VoteSignature;

/// One engine among four of equal weight; validator `view % 4` leads. The test plays the driver and
/// the other three.
final class Scene {
  static final Timing TIMING = Timing.DEFAULT;
  static final Proposal GENESIS = Proposal.genesis(3, hash(0));
  private static final VoteSignature SIGNATURE =
      new VoteSignature(Bytes.wrap(new byte[VoteSignature.SIZE]));

  final Engine engine;
  private List<Effect> effects;

  Scene(int self, VoteRecord... records) {
    this.engine =
        new Engine(
            new Committee(3, List.of(1L, 1L, 1L, 1L), self, view -> (int) (view % 4)),
            TIMING,
            GENESIS.digest());
    this.effects = engine.step(new Input.Started(List.of(records)));
  }

  static Hash hash(int value) {
    byte[] bytes = new byte[Hash.SIZE];
    Arrays.fill(bytes, (byte) value);
    return new Hash(Bytes.wrap(bytes));
  }

  static Proposal proposal(long view, long parentView, int digest) {
    return new Proposal(3, view, parentView, hash(digest));
  }

  static Vote nullify(long view) {
    return new Nullify(3, view);
  }

  static SignedVote signed(int signer, Vote vote) {
    return new SignedVote(signer, vote, SIGNATURE);
  }

  static Certificate certificate(Vote vote, int... signers) {
    SignerSet set =
        SignerSet.of(
            signers.length == 0 ? List.of(0, 1, 2) : IntStream.of(signers).boxed().toList());
    return new Certificate(vote, set, SIGNATURE);
  }

  /// Effects of the last step.
  List<Effect> step(Input input) {
    effects = engine.step(input);
    return effects;
  }

  List<Effect> effects() {
    return effects;
  }

  /// The leader's proposal arrives and its signature is good.
  List<Effect> proposed(Proposal proposal) {
    SignedVote vote = signed((int) (proposal.view() % 4), new Notarize(proposal));
    step(new Input.Voted(vote));
    return step(new Input.VoteChecked(vote, true));
  }

  /// ... and the application likes it.
  List<Effect> verified(Proposal proposal) {
    proposed(proposal);
    return step(new Input.PayloadVerified(proposal, true));
  }

  List<Effect> saw(Vote vote) {
    return step(new Input.CertificateChecked(certificate(vote), true));
  }

  List<Effect> certified(Proposal proposal) {
    saw(new Notarize(proposal));
    return step(new Input.PayloadCertified(proposal, false));
  }

  List<Effect> fires(long view, TimerKind kind) {
    return step(new Input.TimerFired(view, kind));
  }

  /// Votes that the last step signs.
  List<Vote> cast() {
    return all(Effect.Cast.class).stream().map(Effect.Cast::vote).toList();
  }

  boolean casts(Vote vote) {
    return cast().contains(vote);
  }

  <T extends Effect> List<T> all(Class<T> kind) {
    return effects.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  <T extends Effect> Optional<T> one(Class<T> kind) {
    return all(kind).stream().findFirst();
  }

  static Vote notarize(Proposal proposal) {
    return new Notarize(proposal);
  }

  static Vote finalizes(Proposal proposal) {
    return new Finalize(proposal);
  }
}

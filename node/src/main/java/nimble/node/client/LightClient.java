package nimble.node.client;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.api.v1.FinalityView;
import nimble.api.v1.InclusionView;
import nimble.api.v1.ProofView;
import nimble.chain.Header;
import nimble.chain.ValidatorSet;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.consensus.Certificate;
import nimble.crypto.Hashing;
import nimble.light.Anchor;
import nimble.light.Checkpoint;
import nimble.light.EpochStep;
import nimble.light.Finality;
import nimble.light.Inclusion;
import nimble.light.ProofBundle;
import nimble.light.StateClaim;
import nimble.light.Trust;
import nimble.light.Verifier;
import nimble.node.api.Wire;
import nimble.state.StateProof;
import nimble.types.Hash;

/// Asks a node for proofs and believes nothing else (Y2): fetches what [Verifier] checks, from the
/// trusted point on. One thread at a time.
public final class LightClient {
  /// A value of the state, or its absence.
  ///
  /// @param value empty when the state holds none
  public record Proven(Finality finality, StateClaim claim, Optional<Bytes> value) {
    public Header header() {
      return finality.headers().getFirst();
    }

    public Certificate certificate() {
      return finality.certificate();
    }
  }

  /// An entry of a block, and what became of it.
  public record Included(Finality finality, Inclusion inclusion) {
    public Header header() {
      return finality.headers().getFirst();
    }
  }

  private final NodeClient node;
  private final Optional<Anchor> remembered;
  private Optional<Trust> root = Optional.empty();
  private Optional<Anchor> anchor = Optional.empty();
  private Optional<Anchor> newest = Optional.empty();
  private final List<Verifier> epochs = new ArrayList<>();
  private final List<EpochStep> steps = new ArrayList<>();

  /// Malformed when the trusted point itself is not what it should be.
  public LightClient(NodeClient node, Trust trust) throws Malformed, ClientFailure {
    this.node = node;
    this.remembered = Optional.empty();
    begin(trust);
  }

  /// Goes on from what was proven before (Y10).
  ///
  /// @param root from where what is older is proven; empty when that is not to be
  public LightClient(NodeClient node, Anchor proven, Optional<Trust> root) throws Malformed {
    this.node = node;
    this.remembered = Optional.of(proven);
    this.root = root;
    this.anchor = remembered;
    epochs.add(Verifier.of(Checkpoint.of(proven.header()), proven));
  }

  private void begin(Trust trust) throws Malformed, ClientFailure {
    epochs.clear();
    steps.clear();
    switch (trust) {
      case Trust.InGenesis(var genesis) -> {
        anchor = Optional.empty();
        epochs.add(Verifier.of(genesis));
      }
      case Trust.InBlock(var checkpoint) -> {
        Anchor found = anchorAt(checkpoint.height().value());
        anchor = Optional.of(found);
        epochs.add(Verifier.of(checkpoint, found));
      }
    }
  }

  private Anchor anchorAt(long height) throws Malformed, ClientFailure {
    FinalityView view = node.finality(height);
    return new Anchor(
        decode(view.getFinality(), Finality::read).headers().getFirst(),
        decode(view.getSet(), ValidatorSet::read));
  }

  /// The header of the trusted point, when that is a block.
  public Optional<Header> anchor() {
    return anchor.map(Anchor::header);
  }

  /// Whether it goes on from what was proven before, and nothing older was asked for.
  public boolean isResumed() {
    return remembered.isPresent() && anchor.equals(remembered);
  }

  /// The newest block that was proven, and its validators.
  public Optional<Anchor> newest() {
    return newest;
  }

  /// The newest value of `key`.
  ///
  /// @param subject what the node calls the key
  public Proven prove(String subject, Bytes key) throws Malformed, ClientFailure {
    ProofView view = node.proof(subject);
    if (view.getCertificate().isEmpty()) {
      throw new Malformed("the header comes without a certificate");
    }
    Finality finality =
        Finality.direct(
            decode(view.getHeader(), Header::read),
            decode(view.getCertificate(), Certificate::read));
    StateClaim claim = new StateClaim(key, decode(view.getProof(), StateProof::read));
    Header header = check(finality);
    return new Proven(finality, claim, claim.valueUnder(header));
  }

  /// The block of that height, 0 for the newest.
  public Finality block(long height) throws Malformed, ClientFailure {
    Finality finality = decode(node.finality(height).getFinality(), Finality::read);
    Header header = check(finality);
    if (height != 0 && header.height().value() != height) {
      throw new Malformed("the node sent block " + header.height());
    }
    return finality;
  }

  public Included transaction(Hash id) throws Malformed, ClientFailure {
    InclusionView view = node.inclusion(id);
    Finality finality = decode(view.getFinality(), Finality::read);
    Inclusion inclusion = decode(view.getInclusion(), Inclusion::read);
    if (!Hashing.sha256(inclusion.entry()).equals(id)) {
      throw new Malformed("the node sent another transaction");
    }
    inclusion.checkUnder(check(finality));
    return new Included(finality, inclusion);
  }

  /// A file's worth: what was proven under one header, with the way there.
  public ProofBundle bundle(
      Finality finality, List<StateClaim> claims, List<Inclusion> inclusions) {
    int way = (int) (finality.headers().getFirst().epoch() - epochs.getFirst().epoch());
    return new ProofBundle(anchor, steps.subList(0, way), finality, claims, inclusions);
  }

  /// The header, which is final.
  private Header check(Finality finality) throws Malformed, ClientFailure {
    Verifier verifier = verifier(finality);
    Header header = verifier.verify(finality);
    for (Header each : finality.headers()) {
      checkOneChain(each);
    }
    Header last = finality.headers().getLast();
    if (newest.filter(it -> it.header().height().compareTo(last.height()) >= 0).isEmpty()) {
      newest = Optional.of(new Anchor(last, verifier.set()));
    }
    return header;
  }

  /// Y10.
  private void checkOneChain(Header header) throws Malformed {
    if (remembered.isEmpty()) {
      return;
    }
    Header known = remembered.get().header();
    long ahead = header.height().value() - known.height().value();
    boolean other =
        (ahead == 0 && !header.equals(known))
            || (ahead == 1 && !header.parent().equals(known.digest()));
    if (other) {
      throw new Malformed(
          "block %s was proven before, and its validators signed another chain: believe neither"
              .formatted(Checkpoint.of(known)));
    }
  }

  /// Knows the epoch of what is to be verified; follows the chain there first.
  private Verifier verifier(Finality finality) throws Malformed, ClientFailure {
    Header header = finality.headers().getFirst();
    if (header.epoch() < epochs.getFirst().epoch() && root.isPresent()) {
      begin(root.get());
      root = Optional.empty();
    }
    long ahead = header.epoch() - epochs.getFirst().epoch();
    if (ahead < 0) {
      throw new Malformed(
          "block %s is older than the trusted block: trust an older one, or the genesis"
              .formatted(header.height()));
    }
    while (epochs.size() <= ahead && steps.size() < ProofBundle.STEPS_MAX) {
      List<ByteString> more = node.epochSteps(epochs.getLast().epoch()).getStepsList();
      if (more.isEmpty()) {
        throw new Malformed(
            "the node does not show how epoch %d ended".formatted(epochs.getLast().epoch()));
      }
      for (ByteString bytes : more) {
        EpochStep step = decode(bytes, EpochStep::read);
        epochs.add(epochs.getLast().follow(step));
        steps.add(step);
      }
    }
    if (epochs.size() <= ahead) {
      throw new Malformed(
          "the trusted point is more than %d epochs old: trust a newer block with --trust"
              .formatted(ProofBundle.STEPS_MAX));
    }
    return epochs.get((int) ahead);
  }

  private static <T> T decode(ByteString bytes, Reader.Decoder<T> decoder) throws Malformed {
    return Reader.decode(Wire.from(bytes), decoder);
  }
}

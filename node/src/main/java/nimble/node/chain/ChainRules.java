package nimble.node.chain;

import java.util.List;
import java.util.Optional;
import nimble.chain.Block;
import nimble.chain.Block.Body;
import nimble.chain.Header;
import nimble.chain.ValidatorSet;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.consensus.Certificate;
import nimble.consensus.Committee;
import nimble.consensus.Vote;
import nimble.genesis.Parameters;
import nimble.ledger.BlockContext;
import nimble.ledger.Elections;
import nimble.ledger.Execution;
import nimble.ledger.MoneyEpoch;
import nimble.ledger.StateView;
import nimble.ledger.ViewVotes;
import nimble.types.Address;
import nimble.types.ChainId;
import nimble.types.Hash;
import nimble.types.Math128;
import nimble.types.Moment;

/// What makes a block valid on its parent, besides its entries (N3), in one epoch.
final class ChainRules {
  private static final long PERMILLE = 1_000;

  private final Law law;
  private final ChainId chain;
  private final Parameters parameters;
  private final ValidatorSet set;
  private final Committee committee;
  private final Ballots ballots;

  ChainRules(Law law, ValidatorSet set, Committee committee, Ballots ballots) {
    this.law = law;
    this.chain = law.chain();
    this.parameters = law.parameters();
    this.set = set;
    this.committee = committee;
    this.ballots = ballots;
  }

  long clockSkewMillis() {
    return parameters.consensus().clockSkewMillis();
  }

  /// The earliest time of a child of `parent`.
  long earliest(Header parent) {
    return parent.timeMillis() + Math.max(1, parameters.consensus().minBlockMillis());
  }

  /// @param votes as they stand in the block's body
  BlockContext context(Moment now, int proposer, Hash beacon, List<Bytes> votes) {
    return new BlockContext(
        parameters,
        chain,
        now,
        committee.epoch(),
        set.get(proposer).account(),
        beacon,
        votes.stream().map(this::counted).flatMap(Optional::stream).toList());
  }

  /// Votes that the ledger counts: of a quorum, so that nobody is absent from a view that only a
  /// few ever saw.
  private Optional<ViewVotes> counted(Bytes votes) {
    try {
      Certificate certificate = Reader.decode(votes, Certificate::read);
      if (!committee.isQuorum(certificate.signers())) {
        return Optional.empty();
      }
      List<Address> signers =
          certificate.signers().indexes().stream().map(index -> set.get(index).account()).toList();
      long weight = committee.weightOf(certificate.signers());
      int permille = (int) Math128.mulDiv(weight, PERMILLE, committee.totalWeight());
      return Optional.of(new ViewVotes(certificate.view(), signers, permille));
    } catch (Malformed e) {
      return Optional.empty();
    }
  }

  Execution execute(StateView parent, Header header, Body body) {
    BlockContext context =
        context(header.moment(), header.proposer(), header.beacon(), body.votes());
    return law.ledger().execute(parent, context, body);
  }

  /// The validators of the next epoch, if the block of which this is the state ends this one (N5).
  Optional<ValidatorSet> nextSet(StateView after) {
    long running = MoneyEpoch.of(after).number();
    Invariant.check(
        running == committee.epoch() || running == committee.epoch() + 1,
        "the ledger is in epoch %d, consensus in %d",
        running,
        committee.epoch());
    return running == committee.epoch()
        ? Optional.empty()
        : Optional.of(Elections.set(after, running));
  }

  /// N5: whether nothing but itself may follow.
  boolean isLast(Header header) {
    return header.epoch() == committee.epoch() && header.nextSetHash().isPresent();
  }

  /// Why `block`, which is whole ([Block#decode]), is no child of `parent`, without looking at its
  /// entries; empty when it is one.
  Optional<String> refuses(Header parent, Block block) {
    Header header = block.header();
    if (!header.chain().equals(chain) || header.epoch() != committee.epoch()) {
      return Optional.of("it is of chain %s, epoch %d".formatted(header.chain(), header.epoch()));
    }
    boolean sameEpoch = parent.epoch() == header.epoch();
    if (header.height().value() != parent.height().value() + 1
        || header.view() < 1
        || (sameEpoch && (isLast(parent) || header.view() <= parent.view()))) {
      return Optional.of(
          "height %s, view %d cannot follow height %s, view %d"
              .formatted(header.height(), header.view(), parent.height(), parent.view()));
    }
    if (header.timeMillis() < earliest(parent)) {
      return Optional.of("time %d is before %d".formatted(header.timeMillis(), earliest(parent)));
    }
    if (header.proposer() != committee.leaderOf(header.view())) {
      return Optional.of(
          "validator %d does not lead view %d".formatted(header.proposer(), header.view()));
    }
    if (!header.setHash().equals(set.hash())) {
      return Optional.of("it names another validator set");
    }
    if (!header.beacon().equals(Header.nextBeacon(parent.beacon(), header.sigma()))
        || !ballots.isValidBeacon(header)) {
      return Optional.of("its beacon is false");
    }
    return refusesVotes(block);
  }

  private Optional<String> refusesVotes(Block block) {
    long before = block.header().view();
    for (Bytes vote : block.body().votes()) {
      try {
        Certificate certificate = Reader.decode(vote, Certificate::read);
        boolean inOrder = certificate.view() < before;
        before = certificate.view();
        if (!inOrder
            || certificate.vote().kind() != Vote.Kind.FINALIZE
            || certificate.epoch() != committee.epoch()
            || !ballots.isValid(certificate)) {
          return Optional.of("its votes on view %d are false".formatted(certificate.view()));
        }
      } catch (Malformed e) {
        return Optional.of("its votes are malformed: " + e.reason());
      }
    }
    return Optional.empty();
  }
}

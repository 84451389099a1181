package nimble.consensus.sim;

import com.google.errorprone.annotations.FormatMethod;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import nimble.consensus.Certificate;
import nimble.consensus.Effect;
import nimble.consensus.Effect.Notice.Entered;
import nimble.consensus.Input;
import nimble.consensus.Misconduct;
import nimble.consensus.Proposal;
import nimble.consensus.Vote;
import nimble.consensus.VoteRecord;
import nimble.consensus.VoteRecord.Floor;
import nimble.types.Hash;

/// Sees everything; believes nobody. Checks the invariants of all honest nodes together here, and
/// the conduct of each in its [Witness].
final class Referee {
  /// Who leads, by epoch and view.
  interface Leaders {
    int leaderOf(long epoch, long view);
  }

  private record At(long epoch, long view) {}

  private final Setup setup;
  private final Library library;
  private final Leaders leaders;
  private final List<Node> nodes = new ArrayList<>();
  private final LinkedHashMap<Node, Witness> witnesses = new LinkedHashMap<>();
  private final LinkedHashMap<At, Proposal> notarized = new LinkedHashMap<>();
  private final LinkedHashMap<At, Proposal> finalized = new LinkedHashMap<>();
  private final LinkedHashSet<At> nullified = new LinkedHashSet<>();

  /// Proposals that the leader of their view has signed.
  private final LinkedHashSet<Proposal> proposed = new LinkedHashSet<>();

  /// The one final chain, genesis first, and where each of its digests stands in it.
  private final List<Hash> chain = new ArrayList<>();

  private final LinkedHashMap<Hash, Integer> heights = new LinkedHashMap<>();

  Referee(Setup setup, Library library, Leaders leaders) {
    this.setup = setup;
    this.library = library;
    this.leaders = leaders;
    extend(Library.GENESIS);
  }

  void add(Node node) {
    nodes.add(node);
    if (node.isHonest()) {
      witnesses.put(node, new Witness(node, this));
    }
  }

  int height() {
    return chain.size() - 1;
  }

  boolean allReached(int height) {
    return witnesses.keySet().stream()
        .allMatch(node ->
            node.isUp() && heights.getOrDefault(node.engine().lastFinal().digest(), 0) >= height);
  }

  void signed(int index, Vote vote) {
    if (vote instanceof Vote.Notarize(Proposal proposal)
        && leaders.leaderOf(proposal.epoch(), proposal.view()) == index) {
      proposed.add(proposal);
    }
  }

  /// Rule 2, what is true wherever one stands: the leader signed it, and it is valid.
  boolean isSound(Proposal proposal) {
    return proposed.contains(proposal) && library.read(proposal.digest()).valid();
  }

  void inTime(boolean inTime) {
    require(inTime, "no progress after healing, views %s", views());
  }

  private List<Long> views() {
    return nodes.stream().map(node -> node.engine().view()).toList();
  }

  @FormatMethod
  static void require(boolean holds, String format, Object... args) {
    if (!holds) {
      throw new AssertionError(format.formatted(args));
    }
  }

  int heightOf(Hash digest) {
    return heights.getOrDefault(digest, 0);
  }

  void began(Node node) {
    witness(node).forEach(Witness::began);
  }

  void restarted(Node node, List<VoteRecord> records) {
    witness(node).forEach(witness -> witness.restarted(records));
  }

  private List<Witness> witness(Node node) {
    Witness witness = witnesses.get(node);
    return witness == null ? List.of() : List.of(witness);
  }

  void stepping(Node node, Input input) {
    witness(node).forEach(witness -> witness.stepping(input));
  }

  /// No honest payload is ever refused after notarization.
  void certifying(Node node, Payload payload) {
    require(
        !node.isHonest() || payload.valid(), "%d has to certify invalid %s", node.id(), payload);
  }

  void performing(Node node, Effect effect) {
    for (Witness witness : witness(node)) {
      switch (effect) {
        case Effect.Cast(Vote vote) -> {
          signed(node.index(), vote);
          witness.casting(vote);
        }
        case Effect.Persist(VoteRecord.Seen(Certificate certificate)) -> {
          witness.seen(certificate);
          seen(certificate);
        }
        case Effect.Persist(Floor floor) -> witness.raised(floor);
        case Effect.Report(Entered(long view, int _)) -> witness.entered(view);
        case Effect.Finalized(List<Proposal> proposals, Certificate _) ->
            settled(proposals.getLast().digest());
        case Effect.Evidence(Misconduct misconduct) -> {
          witness.accuses(misconduct);
          accused(misconduct);
        }
        case Effect.Stop(String reason) -> require(false, "%d stops: %s", node.id(), reason);
        default -> {}
      }
    }
  }

  /// A quorum each; one notarization, and never a finalization beside a nullification, per view.
  private void seen(Certificate certificate) {
    long weight = certificate.signers().indexes().stream().mapToLong(setup.weights()::get).sum();
    long total = setup.weights().stream().mapToLong(Long::longValue).sum();
    require(weight * 3 > total * 2, "%s is no quorum", certificate);
    At at = new At(certificate.epoch(), certificate.view());
    switch (certificate.vote()) {
      case Vote.Notarize(Proposal proposal) -> only(notarized, at, proposal);
      case Vote.Nullify _ -> nullified.add(at);
      case Vote.Finalize(Proposal proposal) -> only(finalized, at, proposal);
    }
    require(
        !(nullified.contains(at) && finalized.containsKey(at)),
        "%s is finalized and nullified",
        at);
  }

  private static void only(Map<At, Proposal> known, At at, Proposal proposal) {
    Proposal first = known.putIfAbsent(at, proposal);
    require(first == null || first.equals(proposal), "%s and %s", first, proposal);
  }

  /// Final chains are prefixes of one another, whatever their length.
  private void settled(Hash tip) {
    List<Hash> fresh = new ArrayList<>();
    Hash next = tip;
    while (!heights.containsKey(next)) {
      fresh.addFirst(next);
      next = library.read(next).parent();
    }
    require(fresh.isEmpty() || next.equals(chain.getLast()), "%s forks the final chain", tip);
    for (Hash digest : fresh) {
      require(library.read(digest).valid(), "%s is final and invalid", digest);
      endsEpoch(digest);
      available(digest);
      extend(digest);
    }
  }

  /// Rule 11: nothing final stands between an epoch's last payload and the next epoch.
  private void endsEpoch(Hash digest) {
    Payload payload = library.read(digest);
    if (!payload.parent().equals(Library.GENESIS)) {
      Payload parent = library.read(payload.parent());
      long next = parent.isLast() ? parent.epoch() + 1 : parent.epoch();
      require(payload.epoch() == next, "%s is final on %s", payload, parent);
    }
  }

  private void extend(Hash digest) {
    heights.put(digest, chain.size());
    chain.add(digest);
  }

  /// What is final lies on enough disks that one honest copy is left whatever a third does.
  private void available(Hash digest) {
    long total = setup.weights().stream().mapToLong(Long::longValue).sum();
    long faulty = setup.faults().keySet().stream().mapToLong(setup.weights()::get).sum();
    long holding =
        nodes.stream()
            .filter(node -> !setup.faults().containsKey(node.index()))
            .filter(node -> node.store().isDurable(digest))
            .mapToLong(node -> setup.weights().get(node.index()))
            .sum();
    require((holding + faulty) * 3 > total * 2, "%s is final and on too few disks", digest);
  }

  private void accused(Misconduct misconduct) {
    for (int culprit : misconduct.culprits().indexes()) {
      Fault fault = setup.faults().get(culprit);
      require(
          fault != null && fault != Fault.AMNESIAC,
          "honest %d is accused: %s",
          culprit,
          misconduct);
    }
  }
}

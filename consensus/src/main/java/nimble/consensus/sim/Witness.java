package nimble.consensus.sim;

import com.google.errorprone.annotations.FormatMethod;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import nimble.consensus.Certificate;
import nimble.consensus.Input;
import nimble.consensus.Misconduct;
import nimble.consensus.Proposal;
import nimble.consensus.Vote;
import nimble.consensus.VoteRecord;
import nimble.consensus.VoteRecord.Floor;

/// Follows one honest node through all its lives, and checks what it signs against the rules: a
/// second, dumber statement of them.
final class Witness {
  private final Node node;
  private final Referee referee;
  private final TreeMap<Long, List<Vote>> cast = new TreeMap<>();
  private final TreeSet<Long> settled = new TreeSet<>();
  private final LinkedHashSet<Proposal> notarized = new LinkedHashSet<>();
  private final LinkedHashSet<Proposal> certified = new LinkedHashSet<>();
  private final TreeSet<Long> equivocated = new TreeSet<>();
  private Floor floor = Floor.NONE;
  private long current;

  Witness(Node node, Referee referee) {
    this.node = node;
    this.referee = referee;
    settled.add(0L);
  }

  /// An epoch: views count from 1 again.
  void began() {
    forget();
    cast.clear();
    current = 0;
  }

  private void forget() {
    settled.clear();
    settled.add(0L);
    notarized.clear();
    certified.clear();
    equivocated.clear();
  }

  /// What it knew is gone, what it said is not.
  void restarted(List<VoteRecord> records) {
    forget();
    for (VoteRecord record : records) {
      if (record instanceof VoteRecord.Seen(Certificate certificate)
          && certificate.epoch() == node.committee().epoch()) {
        seen(certificate);
      }
    }
  }

  void stepping(Input input) {
    if (input instanceof Input.PayloadCertified(Proposal proposal, boolean _)) {
      certified.add(proposal);
    }
  }

  void seen(Certificate certificate) {
    switch (certificate.vote()) {
      case Vote.Notarize(Proposal proposal) -> notarized.add(proposal);
      case Vote.Nullify(long _, long view) -> settled.add(view);
      case Vote.Finalize(Proposal proposal) -> settled.add(proposal.view());
    }
  }

  void raised(Floor to) {
    require(to.compareTo(floor) > 0, "lowers its floor to %s", to);
    floor = to;
  }

  void accuses(Misconduct misconduct) {
    if (misconduct instanceof Misconduct.Votes(var first, var second)
        && first.vote() instanceof Vote.Notarize
        && second.vote() instanceof Vote.Notarize
        && first.signer() == node.committee().leaderOf(first.vote().view())) {
      equivocated.add(first.vote().view());
    }
  }

  /// R9: a view is left by its nullification or finalization, or when certified.
  void entered(long view) {
    boolean through =
        settled.contains(view - 1)
            || notarized.stream()
                .anyMatch(proposal -> proposal.view() == view - 1 && certified.contains(proposal));
    require(through, "enters view %d without reason", view);
    current = view;
  }

  void casting(Vote vote) {
    List<Vote> before = cast.computeIfAbsent(vote.view(), _ -> new ArrayList<>());
    require(node.store().isDurable(vote), "sends %s before it is durable", vote);
    if (before.contains(vote)) {
      return;
    }
    Optional<Vote> conflict =
        before.stream().filter(other -> Misconduct.conflict(other, vote)).findFirst();
    require(conflict.isEmpty(), "signs %s and %s", conflict, vote);
    require(floor.compareTo(new Floor(vote.epoch(), vote.view())) <= 0, "%s below floor", vote);
    switch (vote) {
      case Vote.Notarize(Proposal proposal) -> notarizes(proposal, before);
      case Vote.Nullify(long _, long view) ->
          require(view == current, "nullifies %d in %d", view, current);
      case Vote.Finalize(Proposal proposal) -> finalizes(proposal);
    }
    before.add(vote);
  }

  private void notarizes(Proposal proposal, List<Vote> before) {
    require(referee.isSound(proposal), "notarizes unsound %s", proposal);
    require(
        before.stream().noneMatch(vote -> vote.kind() == Vote.Kind.NULLIFY),
        "notarizes %s after giving up",
        proposal);
  }

  private void finalizes(Proposal proposal) {
    require(notarized.contains(proposal), "finalizes %s before its notarization", proposal);
    require(node.store().isDurable(proposal.digest()), "finalizes %s unstored", proposal);
    require(!equivocated.contains(proposal.view()), "finalizes %s of a liar", proposal);
  }

  @FormatMethod
  private void require(boolean holds, String format, Object... args) {
    if (!holds) {
      throw new AssertionError(node.id() + " " + format.formatted(args));
    }
  }
}

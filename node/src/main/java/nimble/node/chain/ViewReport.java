package nimble.node.chain;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import nimble.consensus.Effect.Notice;
import nimble.consensus.Grounds;
import nimble.consensus.SignerSet;
import nimble.node.chain.SkipReason.Known;

/// Tells the operator of each view: one line when it is entered, one when it was skipped, with the
/// reason as this node sees it.
final class ViewReport {
  private static final int VIEWS_MAX = 256;

  private record Entered(int leader, long atMillis, Optional<Grounds> gaveUp) {}

  private final Reporter reporter;
  private final Payloads payloads;
  private final TreeMap<Long, Entered> views = new TreeMap<>();

  ViewReport(Reporter reporter, Payloads payloads) {
    this.reporter = reporter;
    this.payloads = payloads;
  }

  void noticed(long nowMillis, Notice notice) {
    switch (notice) {
      case Notice.Entered(long view, int leader) -> {
        reporter.debug("view_entered", "view", view, "leader", leader);
        views.put(view, new Entered(leader, nowMillis, Optional.empty()));
        while (views.size() > VIEWS_MAX) {
          views.pollFirstEntry();
        }
      }
      case Notice.GaveUp(long view, Grounds grounds) -> {
        reporter.debug("view_given_up", "view", view, "grounds", grounds);
        views.computeIfPresent(
            view,
            (_, entered) ->
                new Entered(entered.leader(), entered.atMillis(), Optional.of(grounds)));
      }
      case Notice.Skipped(long view, int leader) -> skipped(nowMillis, view, leader);
      case Notice.BadVotes(long view, SignerSet signers) ->
          reporter.warn("bad_votes", "view", view, "signers", signers);
    }
  }

  private void skipped(long nowMillis, long view, int leader) {
    Map.Entry<Long, Entered> last = views.floorEntry(view);
    Optional<Entered> entered =
        Optional.ofNullable(last).filter(it -> it.getKey() == view).map(Map.Entry::getValue);
    SkipReason reason =
        SkipReason.of(new Known(entered.flatMap(Entered::gaveUp), payloads.hasOf(view)));
    reporter.info(
        "view_skipped",
        "view",
        view,
        "leader",
        leader,
        "reason",
        reason.word(),
        "afterMillis",
        entered.map(it -> nowMillis - it.atMillis()).orElse(0L));
    views.headMap(view, true).clear();
  }
}

package nimble.node.sim;

import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;
import nimble.chain.Block;
import nimble.node.Node;
import nimble.training.AuditEvent;
import nimble.training.DisputeResult;
import nimble.training.JobEntry;
import nimble.training.PlayedDispute;
import nimble.training.dispute.Dispute;
import nimble.types.Address;

/// Watches disputes between whole nodes (W18), and has both sides of one crash between two moves.
final class Court implements Referee.Audience {
  private final Feud feud;
  private final Chronicle chronicle;
  private final int crashAt;
  private final Consumer<Address> crash;
  private boolean crashed;

  /// @param crashAt moves after which both sides of a dispute crash
  /// @param crash has the node of an account crash, and start again
  Court(Feud feud, Chronicle chronicle, int crashAt, Consumer<Address> crash) {
    this.feud = feud;
    this.chronicle = chronicle;
    this.crashAt = crashAt;
    this.crash = crash;
  }

  @Override
  public void finalized(Block block, Node by) {
    if (crashed) {
      return;
    }
    for (PlayedDispute dispute : disputes()) {
      if (!crashed && dispute.isOpen() && dispute.moves() == crashAt) {
        crashed = true;
        crash.accept(dispute.miner());
        crash.accept(dispute.accuser());
      }
    }
  }

  private List<PlayedDispute> disputes() {
    return PlayedDispute.of(chronicle.entries());
  }

  /// W18.
  void check() {
    List<PlayedDispute> all = disputes();
    Referee.check(!all.isEmpty(), "nobody disputes");
    Referee.check(crashed, "nobody crashed in a dispute");
    for (PlayedDispute dispute : all) {
      Referee.check(
          isRight(dispute) || mayBeDropped(dispute, all),
          "the right side does not win: %s",
          dispute);
      Referee.check(dispute.opened().appealed() == feud.isAppeal(), "its ground: %s", dispute);
      Referee.check(
          dispute.moves() <= Dispute.MOVES_MAX && dispute.bytes() <= Dispute.BYTES_MAX,
          "too long: %s",
          dispute);
    }
    checkForfeits(all);
  }

  /// Where another one convicted the same guilty miner (J26).
  private boolean mayBeDropped(PlayedDispute dispute, List<PlayedDispute> all) {
    return dispute.dropped()
        && feud.right() == DisputeResult.MINER_LOSES
        && all.stream().anyMatch(it -> isRight(it) && it.miner().equals(dispute.miner()));
  }

  private boolean isRight(PlayedDispute dispute) {
    return dispute.result().filter(it -> it == feud.right()).isPresent();
  }

  /// Who loses an accusation pays for it.
  private void checkForfeits(List<PlayedDispute> all) {
    TreeSet<Address> losers = new TreeSet<>();
    all.stream()
        .filter(it -> it.result().filter(DisputeResult.ACCUSER_LOSES::equals).isPresent())
        .forEach(it -> losers.add(it.accuser()));
    TreeSet<Address> paying = new TreeSet<>();
    for (JobEntry entry : chronicle.entries()) {
      if (entry.event() instanceof AuditEvent.Forfeited it) {
        paying.add(it.auditor());
      }
    }
    Referee.check(paying.containsAll(losers), "%s lost, %s paid", losers, paying);
  }
}

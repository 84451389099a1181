package nimble.node.cli.node;

import java.util.List;
import java.util.concurrent.Callable;
import nimble.api.v1.ConsensusView;
import nimble.api.v1.RoundView;
import nimble.api.v1.TimerView;
import nimble.api.v1.VotesView;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.cli.console.Protos;
import nimble.node.cli.console.Table;
import nimble.node.cli.option.NodeOptions;
import nimble.node.client.NodeClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "consensus",
    description = "Consensus, as one node sees it.",
    subcommands = ConsensusCommand.Dump.class)
public final class ConsensusCommand {

  @Command(
      name = "dump",
      description = "Shows a running node's epoch, view, votes, certificates, timers and peers.")
  static final class Dump implements Callable<Integer> {
    private static final int DIGEST_SHOWN = 12;

    @Mixin private final Output output = new Output();
    @Mixin private final NodeOptions node = new NodeOptions();

    @Override
    public Integer call() throws Exception {
      try (NodeClient client = node.connect()) {
        ConsensusView view = client.consensus();
        output.document(Protos.json(view), head(view) + "\n" + rounds(view));
        return ExitCode.DONE;
      }
    }

    private String head(ConsensusView view) {
      return new Table("EPOCH", Long.toString(view.getEpoch()))
          .row("view", view.getView())
          .row("this node", view.getSelf() < 0 ? "only follows" : "validator " + view.getSelf())
          .row("vote weights", view.getWeightsList() + ", quorum " + view.getQuorum())
          .row(
              "final",
              "height %d in view %d, %s"
                  .formatted(
                      view.getFinalizedHeight(),
                      view.getFinalizedView(),
                      view.getFinalizedDigest()))
          .row(
              "signs from",
              "view %d of epoch %d".formatted(view.getFloorView(), view.getFloorEpoch()))
          .row("timers", timers(view.getTimersList()))
          .row("peers", view.getPeersCount())
          .show(output.surroundings());
    }

    private static String timers(List<TimerView> timers) {
      return timers.isEmpty()
          ? "none"
          : String.join(
              ", ",
              timers.stream()
                  .map(timer -> "%s of view %d".formatted(timer.getKind(), timer.getView()))
                  .toList());
    }

    private String rounds(ConsensusView view) {
      Table table =
          new Table(
              "VIEW", "LEADER", "PROPOSAL", "PAYLOAD", "OWN", "NOTARIZE", "NULLIFY", "FINALIZE");
      for (RoundView round : view.getRoundsList()) {
        table.row(
            round.getView(),
            round.getLeader(),
            round.getProposal().isEmpty() ? "-" : round.getProposal().substring(0, DIGEST_SHOWN),
            round.getCertified() ? "CERTIFIED" : round.getPayload(),
            round.getOwnList().isEmpty() ? "-" : String.join(",", round.getOwnList()),
            votes(round, 0),
            votes(round, 1),
            votes(round, 2));
      }
      return table.show(output.surroundings());
    }

    /// Whose votes came, and whether there is a certificate.
    private static String votes(RoundView round, int kind) {
      VotesView votes = round.getVotes(kind);
      String voted = votes.getVotedCount() == 0 ? "-" : votes.getVotedList().toString();
      return votes.getCertificate() ? voted + " cert " + votes.getCertifiedList() : voted;
    }
  }
}

package nimble.node.cli.job;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import nimble.api.v1.CheckpointRequest;
import nimble.api.v1.CheckpointView;
import nimble.api.v1.StartView;
import nimble.node.client.ClientFailure;
import nimble.node.client.NodeClient;
import nimble.node.files.JobDraft;
import nimble.node.files.Mistake;
import nimble.node.files.StartKey;
import nimble.spec.Problem;
import nimble.training.spec.StartSpec;

/// What the key `start` of a job file comes to on a network (J42).
final class StartChoice {
  private StartChoice() {}

  static Optional<StartSpec> of(JobDraft draft, NodeClient client) throws Mistake, ClientFailure {
    if (draft.start().isEmpty()) {
      return Optional.empty();
    }
    StartKey key = draft.start().get();
    List<CheckpointView> known =
        client.checkpoints(key.job().value()).getCheckpointsList().stream()
            .filter(CheckpointView::getSettled)
            .toList();
    Optional<CheckpointView> chosen =
        known.stream()
            .filter(view -> key.round().isEmpty() || key.round().getAsInt() == view.getRound())
            .max(Comparator.comparingInt(CheckpointView::getRound));
    if (chosen.isEmpty()) {
      throw draft.mistake(
          new Problem("start", key.toString(), "a settled checkpoint: " + words(key, known)));
    }
    return Optional.of(new StartSpec(key.job(), chosen.get().getRound(), chosen.get().getSteps()));
  }

  private static String words(StartKey key, List<CheckpointView> known) {
    String rounds =
        known.stream()
            .map(view -> Integer.toString(view.getRound()))
            .collect(Collectors.joining(", "));
    return rounds.isEmpty()
        ? "job %s has none".formatted(key.job())
        : "job %s has those after rounds %s".formatted(key.job(), rounds);
  }

  /// Has the node keep the checkpoint: miners get it from there, whoever else has it or not.
  static void keep(StartSpec start, NodeClient client) throws ClientFailure {
    client.pin(
        CheckpointRequest.newBuilder().setJob(start.job().value()).setRound(start.round()).build());
  }

  /// For people.
  static String show(StartView start) {
    return "job %d after round %d, %d steps"
        .formatted(start.getJob(), start.getRound(), start.getSteps());
  }
}

package nimble.consensus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import nimble.types.Hash;

/// A run of the Quint model (`src/main/quint`): what happened to which validator, and what the
/// model says of it afterwards.
record Trace(String name, List<Step> steps) {
  static final long EPOCH = 3;

  private static final List<String> DIGESTS = List.of("genesis", "a", "b", "bad");

  /// @param input nothing where the validator is started
  record Step(int validator, String event, Optional<Input> input, Knowledge after) {
    @Override
    public String toString() {
      return "%d: %s".formatted(validator, input.map(Input::toString).orElse(event));
    }
  }

  @Override
  public String toString() {
    return name;
  }

  static Hash digest(String name) {
    return Scene.hash(DIGESTS.indexOf(name));
  }

  static Trace read(String name) {
    try (InputStream file = Trace.class.getResourceAsStream("/quint/" + name)) {
      JsonNode trace = new ObjectMapper().readTree(Objects.requireNonNull(file, name));
      Map<Integer, ObjectNode> known = new LinkedHashMap<>();
      List<Step> steps = new ArrayList<>();
      for (JsonNode state : trace.get("states")) {
        String event = state.get("event").get("tag").asText();
        JsonNode value = state.get("event").get("value");
        int validator = (value.isInt() ? value : value.get("to")).intValue();
        // A state lists only what has changed.
        ObjectNode after =
            known.computeIfAbsent(validator, _ -> JsonNodeFactory.instance.objectNode());
        after.setAll((ObjectNode) state.get("after"));
        steps.add(new Step(validator, event, input(event, value, after), knowledge(after)));
      }
      return new Trace(name, steps);
    } catch (IOException broken) {
      throw new AssertionError(name, broken);
    }
  }

  private static Optional<Input> input(String event, JsonNode value, JsonNode after) {
    return switch (event) {
      case "Begun", "Restarted", "Replaced" -> Optional.empty();
      case "Voted" ->
          Optional.of(
              new Input.Voted(
                  Scene.signed(value.get("signer").intValue(), vote(value.get("vote")))));
      case "CertificateSeen" ->
          Optional.of(new Input.CertificateSeen(Scene.certificate(vote(value.get("vote")))));
      case "Built" ->
          Optional.of(
              new Input.Built(
                  value.get("view").longValue(),
                  Optional.of(digest(value.get("digest").textValue()))));
      case "PayloadVerified" ->
          Optional.of(
              new Input.PayloadVerified(
                  proposal(value.get("proposal")), value.get("valid").booleanValue()));
      case "PayloadCertified" ->
          Optional.of(new Input.PayloadCertified(proposal(value.get("proposal")), false));
      case "TimerFired" -> Optional.of(timer(value.get("view").longValue(), after));
      default -> throw new AssertionError(event);
    };
  }

  /// The model has one timer where the engine has two: the first is for want of a proposal.
  private static Input timer(long view, JsonNode after) {
    boolean proposed =
        set(after.get("proposals"), Trace::proposal).stream()
            .anyMatch(proposal -> proposal.view() == view);
    return new Input.TimerFired(view, proposed ? TimerKind.CERTIFY : TimerKind.LEADER);
  }

  private static Knowledge knowledge(JsonNode after) {
    return new Knowledge(
            after.get("view").longValue(),
            votes(after.get("own")),
            votes(after.get("seen")),
            set(after.get("proposals"), Trace::proposal),
            set(after.get("building"), Trace::build),
            set(after.get("asked"), Trace::proposal),
            set(after.get("certifying"), Trace::proposal),
            set(after.get("certified"), Trace::proposal),
            set(after.get("finals"), Trace::proposal))
        .recent();
  }

  private static Set<Vote> votes(JsonNode votes) {
    Set<Vote> all = new LinkedHashSet<>();
    all.addAll(set(votes.get("notarized"), node -> new Vote.Notarize(proposal(node))));
    all.addAll(set(votes.get("nullified"), node -> Scene.nullify(node.longValue())));
    all.addAll(set(votes.get("finalized"), node -> new Vote.Finalize(proposal(node))));
    return all;
  }

  private static Vote vote(JsonNode vote) {
    JsonNode value = vote.get("value");
    return switch (vote.get("tag").textValue()) {
      case "Notarize" -> new Vote.Notarize(proposal(value));
      case "Nullify" -> Scene.nullify(value.longValue());
      case "Finalize" -> new Vote.Finalize(proposal(value));
      case String other -> throw new AssertionError(other);
    };
  }

  private static Effect.Build build(JsonNode turn) {
    JsonNode values = turn.get("#tup");
    return new Effect.Build(values.get(0).longValue(), proposal(values.get(1)));
  }

  private static Proposal proposal(JsonNode proposal) {
    return new Proposal(
        EPOCH,
        proposal.get("view").longValue(),
        proposal.get("parentView").longValue(),
        digest(proposal.get("digest").textValue()));
  }

  private static <T> Set<T> set(JsonNode set, Function<JsonNode, T> of) {
    Set<T> all = new LinkedHashSet<>();
    set.get("#set").forEach(element -> all.add(of.apply(element)));
    return all;
  }
}

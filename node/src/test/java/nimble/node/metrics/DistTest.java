package nimble.node.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nimble.ledger.PoolLimits;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// Board, alert rules and documentation name what nodes serve, and nothing else.
final class DistTest {
  private static final Path DIST = Path.of("src/dist");
  private static final Pattern NAME = Pattern.compile("\\bnimble_[a-z_]+");

  /// What Prometheus makes of a histogram.
  private static final Pattern PART = Pattern.compile("_(bucket|count|sum)$");

  @Test
  void theReadmeListsEveryNameAndNoOther() throws IOException {
    assertEquals(new TreeSet<>(Meter.names()), names(Files.readString(Path.of("README.md"))));
  }

  @Test
  void theBoardShowsFrozenNames() throws IOException {
    String text = Files.readString(DIST.resolve("grafana/nimble.json"));
    JsonNode board = new ObjectMapper().readTree(text);
    assertTrue(board.path("panels").size() > 10);
    for (JsonNode panel : board.path("panels")) {
      for (JsonNode target : panel.path("targets")) {
        String expression = target.path("expr").asText();
        assertFalse(names(expression).isEmpty(), expression);
      }
    }
    assertFrozen(text);
  }

  @Test
  @SuppressWarnings("unchecked")
  void theAlertsAreOfFrozenNamesAndSayWhatToDo() throws IOException {
    String text = Files.readString(DIST.resolve("prometheus/alerts.yaml"));
    var document =
        (Map<String, List<Map<String, List<Map<String, Object>>>>>)
            new Load(LoadSettings.builder().build()).loadFromString(text);
    int rules = 0;
    for (var group : document.getOrDefault("groups", List.of())) {
      for (Map<String, Object> rule : group.getOrDefault("rules", List.of())) {
        var annotations = (Map<String, String>) rule.getOrDefault("annotations", Map.of());
        assertTrue(rule.containsKey("expr"), rule::toString);
        assertTrue(annotations.containsKey("summary"), rule::toString);
        assertTrue(annotations.containsKey("action"), rule::toString);
        rules++;
      }
    }
    assertTrue(rules > 10);
    assertFrozen(text);
  }

  @Test
  void theMempoolAlertComesBeforeThePoolIsFull() throws IOException {
    Matcher alert =
        Pattern.compile("nimble_mempool_transactions > ([0-9]+)")
            .matcher(Files.readString(DIST.resolve("prometheus/alerts.yaml")));
    assertTrue(alert.find());
    assertEquals(PoolLimits.DEFAULT.countMax() * 4 / 5, Integer.parseInt(alert.group(1)));
  }

  @Test
  void theUnitStopsAsTheNodeDoes() throws IOException {
    String unit = Files.readString(DIST.resolve("systemd/nimble@.service"));
    assertTrue(unit.contains("SuccessExitStatus=143"));
    assertTrue(unit.contains("RestartPreventExitStatus=1 4"));
    assertTrue(unit.contains("NoNewPrivileges=yes"));
  }

  private static void assertFrozen(String text) {
    SortedSet<String> unknown = names(text);
    unknown.removeAll(Meter.names());
    assertEquals(new TreeSet<>(), unknown);
  }

  private static SortedSet<String> names(String text) {
    SortedSet<String> names = new TreeSet<>();
    Matcher found = NAME.matcher(text);
    while (found.find()) {
      names.add(PART.matcher(found.group()).replaceFirst(""));
    }
    return names;
  }
}

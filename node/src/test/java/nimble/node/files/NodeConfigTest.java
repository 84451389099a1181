package nimble.node.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NodeConfigTest {
  @TempDir Path folder;

  private NodeConfig load(String yaml, Map<String, String> environment, Map<Setting, String> flags)
      throws Mistake, IOException {
    Path file = folder.resolve("nimble.yaml");
    Files.writeString(file, yaml);
    return NodeConfig.load(file, environment, flags);
  }

  @Test
  void flagsWinOverEnvironmentOverFileOverDefaults() throws Exception {
    String yaml = "p2p:\n  listen: 127.0.0.1:1\napi:\n  listen: 127.0.0.1:2\nroles: [miner]\n";
    Map<String, String> environment =
        Map.of("NIMBLE_P2P_LISTEN", "127.0.0.1:3", "NIMBLE_API_LISTEN", "127.0.0.1:4");
    NodeConfig config = load(yaml, environment, Map.of(Setting.LISTEN, "127.0.0.1:5"));
    assertEquals("127.0.0.1:5", config.text(Setting.LISTEN));
    assertEquals("127.0.0.1:4", config.text(Setting.API));
    assertEquals(List.of("miner"), config.list(Setting.ROLES));
    assertEquals("info", config.text(Setting.LOG));
    assertEquals(
        new NodeConfig.Value("127.0.0.1:4", "NIMBLE_API_LISTEN"), config.values().get(Setting.API));
  }

  @Test
  void unknownKeysAreErrors() {
    Path file = folder.resolve("nimble.yaml");
    assertEquals(
        file + ":2: unknown key 'p2p.lissten', did you mean 'p2p.listen'?",
        assertThrows(Mistake.class, () -> load("p2p:\n  lissten: x\n", Map.of(), Map.of()))
            .words());
    assertEquals(
        "unknown variable NIMBLE_ROLE in the environment, did you mean 'NIMBLE_ROLES'?",
        assertThrows(Mistake.class, () -> load("", Map.of("NIMBLE_ROLE", "miner"), Map.of()))
            .words());
  }

  @Test
  void valuesSayWhereTheyComeFrom() throws Exception {
    NodeConfig config = load("compute:\n  threads: none\n", Map.of(), Map.of());
    assertEquals(
        "compute.threads must be a whole number between 1 and 8, was 'none' (%s:2)"
            .formatted(folder.resolve("nimble.yaml")),
        assertThrows(Mistake.class, () -> config.number(Setting.THREADS, 1, 8)).words());
  }

  @Test
  void templateSaysTheDefaults() throws Exception {
    String uncommented = NodeConfig.template(Map.of()).replaceFirst("^#.*\n", "").replace("# ", "");
    NodeConfig config = load(NodeConfig.template(Map.of()), Map.of(), Map.of());
    assertEquals(Setting.LISTEN.otherwise(), config.text(Setting.LISTEN));
    assertEquals(true, uncommented.contains("listen: 127.0.0.1:7040"));
  }
}

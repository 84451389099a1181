package nimble.node.cli.node;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import nimble.api.v1.PeersView;
import nimble.node.cli.console.ExitCode;
import nimble.node.cli.console.Output;
import nimble.node.client.ClientFailure;
import nimble.node.client.NodeClient;
import nimble.node.doctor.Doctor;
import nimble.node.doctor.Finding;
import nimble.node.files.Json;
import nimble.node.files.Mistake;
import nimble.node.files.NodeConfig;
import nimble.node.site.NodeDirectory;
import nimble.p2p.Role;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "doctor",
    description = {
      "Looks at what a node stands on: Java, cores, memory, the data directory and its disk, ports,",
      "peers, router and clock. Says what to do about each fault; ends with code 2 if there is one."
    })
public final class DoctorCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  @Mixin private final Output output = new Output();
  @Mixin private final HomeOptions home = new HomeOptions();
  @Mixin private final NodeSettings settings = new NodeSettings();

  @Option(
      names = "--time-server",
      paramLabel = "HOST",
      description = "Compare the clock with this NTP server.")
  private Optional<String> timeServer = Optional.empty();

  @Override
  public Integer call() throws Exception {
    Path directory = home.directory(Optional.empty());
    NodeConfig config =
        NodeConfig.load(
            NodeDirectory.config(directory), output.surroundings().environment(), settings.flags());
    NodeSettings.check(config);
    List<Finding> findings = doctor(directory, config).examine();
    show(findings);
    boolean sound = findings.stream().noneMatch(it -> it.mark() == Finding.Mark.FAIL);
    return sound ? ExitCode.DONE : ExitCode.NODE_FAILED;
  }

  private Doctor doctor(Path directory, NodeConfig config) throws Mistake {
    EnumSet<Role> roles = NodeSettings.roles(config);
    Optional<InetSocketAddress> api = NodeSettings.api(config, roles).map(DoctorCommand::address);
    Optional<Running> running = api.flatMap(DoctorCommand::running);
    return new Doctor(
        directory,
        roles.contains(Role.VALIDATOR),
        Optional.of(Endpoint.listen(config))
            .filter(it -> !it.equals(Endpoint.NOWHERE))
            .map(DoctorCommand::address),
        api,
        Endpoint.peers(config),
        running.map(Running::tipMillis),
        running.map(Running::peers),
        timeServer);
  }

  private static InetSocketAddress address(Endpoint endpoint) {
    return InetSocketAddress.createUnresolved(endpoint.host(), endpoint.port());
  }

  private record Running(long tipMillis, PeersView peers) {}

  /// What the node says, if it runs now.
  private static Optional<Running> running(InetSocketAddress api) {
    try (NodeClient client = NodeClient.connect(api.getHostString(), api.getPort(), PATIENCE)) {
      return Optional.of(new Running(client.status().getTimeMillis(), client.peers()));
    } catch (ClientFailure e) {
      return Optional.empty();
    }
  }

  private void show(List<Finding> findings) {
    ArrayNode document = Json.array();
    StringBuilder text = new StringBuilder();
    for (Finding finding : findings) {
      document
          .addObject()
          .put("check", finding.check())
          .put("mark", finding.mark().name())
          .put("found", finding.found())
          .put("remedy", finding.remedy());
      text.append("%-8s %-15s %s%n".formatted(finding.mark(), finding.check(), finding.found()));
      if (!finding.remedy().isEmpty()) {
        text.append("%-24s -> %s%n".formatted("", finding.remedy()));
      }
    }
    output.document(document, text.toString());
  }
}

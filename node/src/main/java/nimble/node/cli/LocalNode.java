package nimble.node.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import nimble.crypto.SigningKey;
import nimble.node.Node;
import nimble.node.api.ApiParts;
import nimble.node.api.ApiServer;
import nimble.node.api.ChainFeed;
import nimble.node.chain.Reporter;
import nimble.node.files.Json;
import nimble.node.files.Mistake;
import nimble.node.site.Plant;
import nimble.node.site.RealSite;
import nimble.p2p.PeerAddress;
import nimble.p2p.Role;
import nimble.p2p.netty.Settings;
import nimble.storage.file.DataDirectory;
import nimble.vm.djl.DjlMachine;

/// One node as a process of its own: its site, its API, and the peers it keeps dialling.
final class LocalNode implements AutoCloseable {
  /// @param api empty for a node that nobody asks anything
  /// @param strangers peers whose keys are not known, dialled while there is nobody else
  /// @param threads of the compute pool
  record Place(
      Endpoint listen,
      Optional<Endpoint> api,
      List<PeerAddress> strangers,
      int threads,
      Joining joining) {}

  private static final long DIAL_MILLIS = 5_000;

  private final Node.Identity identity;
  private final Plant plant;
  private final RealSite site;
  private final Node node;
  private final Optional<ApiServer> api;
  private final AtomicReference<String> failure;
  private final CountDownLatch stop;

  private LocalNode(
      Node.Identity identity,
      Plant plant,
      RealSite site,
      Node node,
      Optional<ApiServer> api,
      AtomicReference<String> failure,
      CountDownLatch stop) {
    this.identity = identity;
    this.plant = plant;
    this.site = site;
    this.node = node;
    this.api = api;
    this.failure = failure;
    this.stop = stop;
  }

  static LocalNode start(
      Node.Identity identity, DataDirectory directory, Place place, Reporter reporter)
      throws IOException, Mistake, InterruptedException {
    CountDownLatch stop = new CountDownLatch(1);
    AtomicReference<String> failure = new AtomicReference<>("");
    Plant plant = new Plant(place.threads(), new DjlMachine());
    SigningKey hot = identity.hotKey();
    boolean votes = identity.roles().contains(Role.VALIDATOR);
    RealSite site =
        new RealSite(
            "node",
            plant,
            hot,
            Settings.at(place.listen().host(), place.listen().port()),
            directory,
            votes,
            place.joining().upkeep(),
            (owner, cause) -> {
              failure.compareAndSet("", owner + ": " + cause);
              reporter.report(Reporter.Level.ERROR, "node_failed", "owner", owner, "cause", cause);
              stop.countDown();
            });
    ChainFeed feed = new ChainFeed();
    Optional<Node> node = Optional.empty();
    try {
      place
          .joining()
          .prepare(
              identity.genesis(),
              site,
              votes,
              Stream.concat(identity.peers().stream(), place.strangers().stream()).toList(),
              reporter,
              () -> !failure.get().isEmpty());
      Node started = startNode(identity, site, reporter, feed);
      node = Optional.of(started);
      Optional<ApiServer> api = startApi(place, parts(identity, site, started, feed));
      LocalNode local = new LocalNode(identity, plant, site, started, api, failure, stop);
      local.dial(place.strangers());
      return local;
    } catch (Mistake | IOException | InterruptedException | RuntimeException e) {
      node.ifPresent(Node::close);
      site.close();
      plant.close();
      throw e;
    }
  }

  private static Node startNode(
      Node.Identity identity, RealSite site, Reporter reporter, ChainFeed feed) throws Mistake {
    try {
      return Node.start(identity, site, new Node.Listeners(reporter, feed, (_, _) -> {}));
    } catch (IOException e) {
      throw Mistake.of(
          "p2p.listen: %s: stop what uses it, or choose another port",
          String.valueOf(e.getMessage()));
    }
  }

  private static Optional<ApiServer> startApi(Place place, ApiParts parts) throws Mistake {
    if (place.api().isEmpty()) {
      return Optional.empty();
    }
    Endpoint at = place.api().get();
    return Optional.of(ApiServer.start(at.host(), at.port(), parts));
  }

  private static ApiParts parts(Node.Identity identity, RealSite site, Node node, ChainFeed feed) {
    return new ApiParts(
        identity.genesis(),
        identity.roles(),
        node.chain(),
        feed,
        node.replica(),
        node.gateway(),
        node.blobs(),
        site.blobs(),
        node.network(),
        site.address(),
        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
  }

  /// Dials the strangers as long as nobody is there, and looks again later. Peers with keys are the
  /// node's own to keep.
  private void dial(List<PeerAddress> strangers) {
    if (strangers.isEmpty()) {
      return;
    }
    if (node.network().peers().isEmpty()) {
      strangers.forEach(node.network()::connect);
    }
    site.timers().after(DIAL_MILLIS, () -> dial(strangers));
  }

  ObjectNode json() {
    ObjectNode json =
        Json.object()
            .put("nodeId", identity.hotKey().publicKey().toString())
            .put("network", identity.genesis().chain().value())
            .put("listen", site.address().toString());
    api.ifPresent(it -> json.put("api", it.host() + ":" + it.port()));
    identity.roles().forEach(role -> json.withArray("roles").add(name(role)));
    return json;
  }

  String line() {
    String roles =
        identity.roles().isEmpty()
            ? "follower"
            : String.join(",", identity.roles().stream().map(LocalNode::name).toList());
    String door =
        api.map(it -> "its API is http://%s:%d".formatted(it.host(), it.port()))
            .orElse("it has no API");
    return "node %s (%s) runs on %s at %s:%d; %s"
        .formatted(
            identity.hotKey().publicKey(),
            roles,
            identity.genesis().chain(),
            site.address().host(),
            site.address().port(),
            door);
  }

  private static String name(Role role) {
    return role.name().toLowerCase(Locale.ROOT);
  }

  /// Waits for the process to be told to stop, or for the node to break; false when it broke.
  ///
  /// @param until also stops when this ends
  boolean runUntilStopped(Optional<InputStream> until) throws InterruptedException {
    StopSignal.onReceived(stop::countDown);
    until.ifPresent(input -> Thread.ofPlatform().daemon().name("eof").start(() -> awaitEnd(input)));
    stop.await();
    return failure.get().isEmpty();
  }

  private void awaitEnd(InputStream input) {
    try {
      while (input.read() >= 0) {
        // Nobody says anything here.
      }
    } catch (IOException e) {
      // An end as well.
    }
    stop.countDown();
  }

  /// Clients first, then the node, then what it stands on.
  @Override
  public void close() throws IOException, InterruptedException {
    api.ifPresent(ApiServer::close);
    node.close();
    site.close();
    plant.close();
  }
}

package nimble.node.cli.node;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import nimble.codec.Bytes;
import nimble.crypto.SigningKey;
import nimble.node.Node;
import nimble.node.api.ApiParts;
import nimble.node.api.ApiServer;
import nimble.node.api.ChainFeed;
import nimble.node.chain.Reporter;
import nimble.node.cli.console.StopSignal;
import nimble.node.cli.option.NumericOption;
import nimble.node.files.Json;
import nimble.node.files.Mistake;
import nimble.node.metrics.NodeMeters;
import nimble.node.site.Plant;
import nimble.node.site.RealSite;
import nimble.node.site.StopMark;
import nimble.p2p.PeerAddress;
import nimble.p2p.RelayPolicy;
import nimble.p2p.Role;
import nimble.p2p.netty.Settings;
import nimble.storage.file.DataDirectory;
import nimble.vm.djl.Numeric;

/// One node as a process of its own: its site and its API.
final class LocalNode implements AutoCloseable {
  /// @param api empty for a node that nobody asks anything
  record Place(
      Endpoint listen,
      RelayPolicy relays,
      Optional<Endpoint> api,
      int tasks,
      Optional<Numeric> numeric,
      Joining joining) {}

  /// How the node broke.
  record Failure(String owner, Throwable cause) {}

  private static final long DRAIN_SECONDS = 2;

  private final Node.Identity identity;
  private final Plant plant;
  private final RealSite site;
  private final Node node;
  private final Optional<ApiServer> api;
  private final Reporter reporter;
  private final AtomicReference<Optional<Failure>> failure;
  private final CountDownLatch stop;

  private LocalNode(
      Node.Identity identity,
      Plant plant,
      RealSite site,
      Node node,
      Optional<ApiServer> api,
      Reporter reporter,
      AtomicReference<Optional<Failure>> failure,
      CountDownLatch stop) {
    this.identity = identity;
    this.plant = plant;
    this.site = site;
    this.node = node;
    this.api = api;
    this.reporter = reporter;
    this.failure = failure;
    this.stop = stop;
  }

  static LocalNode start(
      Node.Identity identity, DataDirectory directory, Place place, Reporter reporter)
      throws IOException, Mistake, InterruptedException {
    CountDownLatch stop = new CountDownLatch(1);
    AtomicReference<Optional<Failure>> failure = new AtomicReference<>(Optional.empty());
    Plant plant = new Plant(place.tasks(), NumericOption.machine(place.numeric()));
    SigningKey hot = identity.hotKey();
    boolean votes = identity.roles().contains(Role.VALIDATOR);
    RealSite site =
        new RealSite(
            "node",
            plant,
            hot,
            Settings.at(place.listen().host(), place.listen().port()).with(place.relays()),
            directory,
            votes,
            place.joining().upkeep(),
            (owner, cause) -> {
              failure.updateAndGet(first -> first.or(() -> Optional.of(new Failure(owner, cause))));
              reporter.report(Reporter.Level.ERROR, "node_failed", "owner", owner, "cause", cause);
              stop.countDown();
            });
    ChainFeed feed = new ChainFeed();
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    NodeMeters meters = new NodeMeters(registry, identity.genesis().validators().size(), reporter);
    Optional<Node> node = Optional.empty();
    try {
      place
          .joining()
          .prepare(
              identity.genesis(),
              site,
              votes,
              identity.peers(),
              reporter,
              () -> failure.get().isPresent());
      Node started = startNode(identity, site, meters, feed);
      node = Optional.of(started);
      Optional<ApiServer> api =
          startApi(place, parts(identity, site, started, feed, registry, reporter));
      LocalNode local = new LocalNode(identity, plant, site, started, api, meters, failure, stop);
      // Before anybody hears that it runs, so that whoever stops it then finds it ready to.
      StopSignal.onReceived(stop::countDown);
      reportStart(site, started, meters);
      return local;
    } catch (Mistake | IOException | InterruptedException | RuntimeException e) {
      node.ifPresent(Node::close);
      site.close();
      plant.close();
      throw e;
    }
  }

  /// Says after an unclean stop what was found: the database has replayed its own log, the vote log
  /// was read to its last whole frame, and the newest state is what its header commits to.
  private static void reportStart(RealSite site, Node node, Reporter reporter) {
    boolean unclean = site.lastStop() == StopMark.Last.UNCLEAN;
    if (unclean) {
      node.chain().prove(Bytes.EMPTY);
    }
    reporter.report(
        unclean ? Reporter.Level.WARN : Reporter.Level.INFO,
        unclean ? "unclean_start" : "started",
        "lastStop",
        site.lastStop(),
        "height",
        node.chain().height(),
        "stateRoot",
        node.chain().tip().stateRoot(),
        "checked",
        unclean ? "database,stateRoot,voteLog" : "-",
        "voteLogEntries",
        site.voteLog().map(opened -> opened.entries().size()).orElse(0));
  }

  private static Node startNode(
      Node.Identity identity, RealSite site, NodeMeters meters, ChainFeed feed) throws Mistake {
    try {
      return Node.start(identity, site, new Node.Listeners(meters, feed, meters, meters));
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

  private static ApiParts parts(
      Node.Identity identity,
      RealSite site,
      Node node,
      ChainFeed feed,
      PrometheusMeterRegistry registry,
      Reporter reporter) {
    return new ApiParts(
        identity.genesis(),
        identity.roles(),
        node.chain(),
        feed,
        node.replica(),
        node.gateway(),
        node.patrons(),
        node.peers(),
        node.blobs(),
        node.evidence(),
        site.blobs(),
        node.network(),
        site.listens(),
        site.disk(),
        registry,
        reporter);
  }

  /// What to tell whoever starts it after an unclean stop.
  Optional<String> uncleanStart() {
    return site.lastStop() != StopMark.Last.UNCLEAN
        ? Optional.empty()
        : Optional.of(
            """
            the last stop was not in order (killed, or a loss of power); checked: the database, \
            whose newest block is %d and has the state that its header says, and the vote log, \
            whole to its last entry\
            """
                .formatted(node.chain().height()));
  }

  ObjectNode json() {
    ObjectNode json =
        Json.object()
            .put("nodeId", identity.hotKey().publicKey().toString())
            .put("network", identity.genesis().chain().value())
            .put("listen", site.listens().map(PeerAddress::toString).orElse(""));
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
    return "node %s (%s) runs on %s %s; %s"
        .formatted(
            identity.hotKey().publicKey(),
            roles,
            identity.genesis().chain(),
            site.listens().map(it -> "at " + it.anyone()).orElse("and takes no connections"),
            door);
  }

  private static String name(Role role) {
    return role.name().toLowerCase(Locale.ROOT);
  }

  /// Waits for the process to be told to stop, or for the node to break: then how it broke.
  ///
  /// @param until also stops when this ends
  Optional<Failure> runUntilStopped(Optional<InputStream> until) throws InterruptedException {
    until.ifPresent(input -> Thread.ofPlatform().daemon().name("eof").start(() -> awaitEnd(input)));
    stop.await();
    return failure.get();
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
    long started = System.nanoTime();
    long height = node.chain().height();
    reporter.info("stopping", "height", height);
    api.ifPresent(ApiServer::close);
    node.close();
    site.close();
    plant.close(DRAIN_SECONDS);
    reporter.info("stopped", "height", height, "millis", (System.nanoTime() - started) / 1_000_000);
  }
}

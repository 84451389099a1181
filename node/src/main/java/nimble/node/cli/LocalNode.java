package nimble.node.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
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
import nimble.types.PublicKey;
import nimble.vm.djl.DjlMachine;

/// One node as a process of its own: its site, its API, and the peers it keeps dialling.
final class LocalNode implements AutoCloseable {
  /// @param peers to be connected to, again and again
  /// @param threads of the compute pool
  record Place(Endpoint listen, Endpoint api, List<PeerAddress> peers, int threads) {}

  private static final long DIAL_MILLIS = 5_000;

  private final Node.Identity identity;
  private final Plant plant;
  private final RealSite site;
  private final Node node;
  private final ApiServer api;
  private final AtomicReference<String> failure;
  private final CountDownLatch stop;

  private LocalNode(
      Node.Identity identity,
      Plant plant,
      RealSite site,
      Node node,
      ApiServer api,
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
            (owner, cause) -> {
              failure.compareAndSet("", owner + ": " + cause);
              reporter.report(Reporter.Level.ERROR, "node_failed", "owner", owner, "cause", cause);
              stop.countDown();
            });
    ChainFeed feed = new ChainFeed();
    Optional<Node> node = Optional.empty();
    try {
      if (votes && site.voteLog().isEmpty()) {
        throw Mistake.of(
            "%s holds no vote log: a validator that forgot its votes must not vote in this epoch;"
                + " restore the log, or start without --role validator",
            directory.votes());
      }
      Node started = startNode(identity, site, reporter, feed);
      node = Optional.of(started);
      ApiServer api =
          ApiServer.start(
              place.api().host(), place.api().port(), parts(identity, site, started, feed));
      LocalNode local = new LocalNode(identity, plant, site, started, api, failure, stop);
      local.dial(place.peers());
      return local;
    } catch (Mistake | RuntimeException e) {
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

  /// Dials who is not there, and looks again later.
  private void dial(List<PeerAddress> peers) {
    Set<PublicKey> there = node.network().peers();
    for (PeerAddress peer : peers) {
      boolean known = peer.peer().map(there::contains).orElse(!there.isEmpty());
      if (!known) {
        node.network().connect(peer);
      }
    }
    site.timers().after(DIAL_MILLIS, () -> dial(peers));
  }

  ObjectNode json() {
    ObjectNode json =
        Json.object()
            .put("nodeId", identity.hotKey().publicKey().toString())
            .put("network", identity.genesis().chain().value())
            .put("api", api.host() + ":" + api.port());
    identity.roles().forEach(role -> json.withArray("roles").add(name(role)));
    return json;
  }

  String line() {
    String roles =
        identity.roles().isEmpty()
            ? "follower"
            : String.join(",", identity.roles().stream().map(LocalNode::name).toList());
    return "node %s (%s) runs on %s; its API is http://%s:%d"
        .formatted(
            identity.hotKey().publicKey(),
            roles,
            identity.genesis().chain(),
            api.host(),
            api.port());
  }

  private static String name(Role role) {
    return role.name().toLowerCase(Locale.ROOT);
  }

  /// Waits for the process to be told to stop, or for the node to break; false when it broke.
  boolean runUntilStopped() throws InterruptedException {
    StopSignal.onReceived(stop::countDown);
    stop.await();
    return failure.get().isEmpty();
  }

  /// Clients first, then the node, then what it stands on.
  @Override
  public void close() throws IOException, InterruptedException {
    api.close();
    node.close();
    site.close();
    plant.close();
  }
}

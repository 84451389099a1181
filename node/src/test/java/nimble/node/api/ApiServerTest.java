package nimble.node.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import nimble.blob.Manifest;
import nimble.codec.Bytes;
import nimble.node.chain.Replica;
import nimble.node.chain.Reporter;
import nimble.node.client.BlobTransfer;
import nimble.node.client.ClientFailure;
import nimble.node.client.NodeClient;
import nimble.node.devnet.LocalNetwork;
import nimble.node.devnet.RunningNetwork;
import nimble.node.files.Mistake;
import nimble.node.loop.Mailbox;
import nimble.node.metrics.Meter;
import nimble.sim.Seeds;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The API's door: what it answers in plain HTTP, and that nothing thrown at it breaks it.
final class ApiServerTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private static final Queue<String> REPORTS = new ConcurrentLinkedQueue<>();

  @TempDir static Path folder;

  private static RunningNetwork network;
  private static NodeClient client;

  @BeforeAll
  static void start() throws Exception {
    network = RunningNetwork.start(1, 0, 1, folder.resolve("network"), 0, Reporter.SILENT);
    client = network.client();
  }

  @AfterAll
  static void stop() throws Exception {
    network.close();
  }

  private static URI uri(String path) {
    return URI.create("http://127.0.0.1:%d%s".formatted(network.api().port(), path));
  }

  private static HttpResponse<String> get(String path) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void answersJsonOverHttp() throws Exception {
    HttpResponse<String> status = get("/v1/chain/status");
    assertEquals(200, status.statusCode());
    var json = new ObjectMapper().readTree(status.body());
    assertEquals(
        network.network().devnet().genesis().chain().value(), json.path("chainId").asText());
    assertTrue(json.path("baseFee").isTextual(), "amounts are strings");
    assertEquals(404, get("/v1/chain/blocks/999999").statusCode());
    assertEquals(400, get("/v1/chain/accounts/nobody").statusCode());
    assertEquals(404, get("/nothing/here").statusCode());
  }

  @Test
  void tellsWhetherItIsAliveAndReady() throws Exception {
    assertEquals(200, get("/livez").statusCode());
    assertEquals(200, get("/readyz?maxBehind=3600").statusCode());
    assertEquals(400, get("/readyz?maxBehind=soon").statusCode());
    assertEquals(200, get("/v1/node/peers").statusCode());
    String metrics = get("/metrics").body();
    for (String counted :
        List.of(
            "nimble_chain_height",
            "nimble_consensus_view",
            "nimble_consensus_finalization_seconds_count",
            "nimble_storage_database_bytes")) {
      assertTrue(value(metrics, counted) > 0, () -> counted + " in " + metrics);
    }
  }

  private static double value(String metrics, String name) {
    return metrics
        .lines()
        .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  @Test
  void servesTheFrozenNamesAndNoOther() throws Exception {
    TreeSet<String> served = new TreeSet<>();
    get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith("# TYPE nimble_"))
        .forEach(line -> served.add(line.split(" ", -1)[2]));
    assertEquals(new TreeSet<>(Meter.names()), served);
  }

  @Test
  void tellsHowConsensusStands() throws Exception {
    var json = new ObjectMapper().readTree(get("/v1/node/consensus").body());
    assertTrue(json.path("view").asLong() > 0, json::toString);
    assertTrue(json.path("rounds").isArray(), json::toString);
    assertEquals(network.network().devnet().validators().size(), json.path("weights").size());
  }

  @Test
  void refusesOtherAddressesAndPortsInUse() {
    ApiParts parts = parts();
    assertTrue(
        assertThrows(Mistake.class, () -> ApiServer.start("0.0.0.0", 0, parts))
            .words()
            .contains("loopback"));
    String inUse =
        assertThrows(Mistake.class, () -> ApiServer.start("127.0.0.1", network.api().port(), parts))
            .words();
    assertTrue(inUse.contains("is in use"), inUse);
  }

  private static ApiParts parts() {
    return parts(network.network().members().getFirst().node().replica());
  }

  private static ApiParts parts(Mailbox<Replica.Input> replica) {
    LocalNetwork.Member member = network.network().members().getFirst();
    return new ApiParts(
        network.network().devnet().genesis(),
        member.roles(),
        member.node().chain(),
        new ChainFeed(),
        replica,
        member.node().gateway(),
        member.node().patrons(),
        member.node().peers(),
        member.node().blobs(),
        member.node().evidence(),
        member.site().blobs(),
        member.node().network(),
        member.site().listens(),
        member.site().disk(),
        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
        (_, event, pairs) -> REPORTS.add(event + " " + List.of(pairs)));
  }

  /// The client is told no more than that it failed.
  @Test
  void a2WhatFailsInsideStandsInTheLog() throws Exception {
    Mailbox<Replica.Input> broken =
        _ -> {
          throw new IllegalArgumentException("broken");
        };
    try (ApiServer door = ApiServer.start("127.0.0.1", 0, parts(broken))) {
      HttpRequest submit =
          HttpRequest.newBuilder(
                  URI.create(
                      "http://127.0.0.1:%d/nimble.api.v1.ChainService/SubmitBatch"
                          .formatted(door.port())))
              .header("content-type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString("{}"))
              .build();
      HttpResponse<String> answer = HTTP.send(submit, HttpResponse.BodyHandlers.ofString());
      assertEquals(500, answer.statusCode());
      assertTrue(answer.body().contains("see its log"), answer.body());
      assertTrue(
          REPORTS.stream()
              .anyMatch(line ->
                  line.startsWith("call_failed")
                      && line.contains("broken")
                      && line.contains("ApiServerTest")),
          REPORTS::toString);
    }
  }

  @Test
  void answersToLoopbackNamesOnly() throws Exception {
    String answer =
        raw(
            "GET /v1/chain/status HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII));
    assertTrue(answer.startsWith("HTTP/1.1 403"), answer);
  }

  @Test
  void a5WhoSendsTooMuchIsToldSo() throws Exception {
    HttpRequest large =
        HttpRequest.newBuilder(uri("/v1/completions"))
            .POST(HttpRequest.BodyPublishers.ofString(" ".repeat(OpenAiApi.BODY_BYTES_MAX + 1)))
            .build();
    for (int times = 0; times < 100; times++) {
      HttpResponse<String> answer = HTTP.send(large, HttpResponse.BodyHandlers.ofString());
      assertEquals(413, answer.statusCode());
      assertTrue(answer.body().contains("request_too_large"), answer::body);
    }
  }

  @Test
  void survivesAnyBytes() throws Exception {
    Seeds.forEach(
        20,
        random -> {
          byte[] bytes = new byte[random.nextInt(1, 20_000)];
          random.nextBytes(bytes);
          try {
            raw(bytes);
          } catch (IOException e) {
            // Closed in the middle of it: as good as an answer.
          }
        });
    raw(
        "GET / HTTP/1.1\r\nHost: localhost\r\nX: %s\r\n\r\n"
            .formatted("x".repeat(100_000))
            .getBytes(StandardCharsets.US_ASCII));
    assertEquals(200, get("/livez").statusCode());
  }

  /// The door's own clock ends them: the test only waits for it.
  @Test
  void a6AConnectionWhoseRequestNeverComesIsClosed() throws Exception {
    Limits hasty = new Limits(1_000, 10, Duration.ofMillis(300), Duration.ofMillis(300));
    try (ApiServer door = ApiServer.start("127.0.0.1", 0, parts(), hasty)) {
      List<String> beginnings =
          List.of(
              "",
              "GET /livez HTTP/1.1\r\nHost: local",
              "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
              // One whole request, and the beginning of another.
              "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\nGET /livez HTTP/1.1\r\nX");
      for (String beginning : beginnings) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), door.port())) {
          socket.setSoTimeout(30_000);
          socket.getOutputStream().write(beginning.getBytes(StandardCharsets.US_ASCII));
          socket.getInputStream().readAllBytes();
        }
      }
    }
  }

  @Test
  void a6RequestsThatComeTooOftenAreRefused() throws Exception {
    Limits few = new Limits(1, 10, Duration.ofMinutes(1), Duration.ofMinutes(1));
    try (ApiServer door = ApiServer.start("127.0.0.1", 0, parts(), few)) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/livez".formatted(door.port())))
              .build();
      List<Integer> statuses = new ArrayList<>();
      while (!statuses.contains(429)) {
        statuses.add(HTTP.send(request, HttpResponse.BodyHandlers.ofString()).statusCode());
        assertTrue(statuses.size() < 1_000, "never refused");
      }
      assertEquals(200, statuses.getFirst());
    }
  }

  /// Here for a mempool that never says whether it takes what was submitted.
  @Test
  void a6CallsThatWaitKeepNobodyWaiting() throws Exception {
    try (ApiServer door = ApiServer.start("127.0.0.1", 0, parts(_ -> true))) {
      String there = "http://127.0.0.1:" + door.port();
      HttpRequest submit =
          HttpRequest.newBuilder(URI.create(there + "/nimble.api.v1.ChainService/SubmitBatch"))
              .header("content-type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString("{}"))
              .build();
      List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        waiting.add(HTTP.sendAsync(submit, HttpResponse.BodyHandlers.ofString()));
      }
      HttpRequest status = HttpRequest.newBuilder(URI.create(there + "/v1/chain/status")).build();
      assertEquals(200, HTTP.send(status, HttpResponse.BodyHandlers.ofString()).statusCode());
      assertTrue(waiting.stream().noneMatch(CompletableFuture::isDone), "they wait no longer");
    }
  }

  private static String raw(byte[] bytes) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), network.api().port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(bytes);
      socket.shutdownOutput();
      return new String(socket.getInputStream().readNBytes(4_096), StandardCharsets.ISO_8859_1);
    }
  }

  @Test
  void refusesWhatIsTooLarge() throws Exception {
    HttpRequest large =
        HttpRequest.newBuilder(uri("/v1/chain/transactions"))
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[5 << 20]))
            .build();
    try {
      int status = HTTP.send(large, HttpResponse.BodyHandlers.ofString()).statusCode();
      assertEquals(413, status);
    } catch (IOException e) {
      // Closed before all of it was sent: as good as an answer.
    }
    assertEquals(400, post("{\"transaction\": \"AAAA\"}").statusCode());
    assertEquals(400, post("{\"transaction\": ").statusCode());
    String tooLong = "A".repeat(80_000);
    assertEquals(400, post("{\"transaction\": \"%s\"}".formatted(tooLong)).statusCode());
    assertEquals(200, get("/livez").statusCode());
  }

  private static HttpResponse<String> post(String json) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(uri("/v1/chain/transactions"))
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void blobGoesThereAndBack() throws Exception {
    byte[] bytes = new byte[9 * Manifest.CHUNK_BYTES + 12_345];
    new Random(7).nextBytes(bytes);
    Path file = folder.resolve("blob");
    Files.write(file, bytes);
    Manifest manifest = BlobTransfer.manifestOf(file);
    assertEquals(10, client.blobs().missing(manifest).size());
    client.blobs().upload(file, manifest, done -> {});
    assertEquals(List.of(), client.blobs().missing(manifest));
    client.blobs().upload(file, manifest, done -> {});

    Path back = folder.resolve("back");
    Files.write(folder.resolve("back.part"), Arrays.copyOf(bytes, 3 * Manifest.CHUNK_BYTES + 5));
    client.blobs().download(manifest.id(), back, done -> {});
    assertEquals(-1, Files.mismatch(file, back));
    for (int kept : List.of(2, 12)) {
      Files.write(folder.resolve("back.part"), new byte[kept * Manifest.CHUNK_BYTES]);
      client.blobs().download(manifest.id(), back, done -> {});
      assertEquals(-1, Files.mismatch(file, back));
    }

    Path small = folder.resolve("small");
    ClientFailure failure =
        assertThrows(
            ClientFailure.class,
            () -> client.blobs().download(manifest.id(), small, bytes.length - 1, done -> {}));
    assertTrue(String.valueOf(failure.getMessage()).contains("at most"), failure::getMessage);
    assertFalse(Files.exists(small));
  }

  @Test
  void chunkOutsideTheManifestIsRefused() {
    Bytes chunk = Bytes.utf8("announced");
    Manifest manifest = new Manifest(chunk.size(), List.of(Manifest.chunkHash(chunk)));
    ClientFailure failure =
        assertThrows(
            ClientFailure.class,
            () -> client.blobs().put(manifest, List.of(Bytes.utf8("other one"))));
    assertEquals(ClientFailure.Kind.INVALID, failure.kind());
    assertTrue(String.valueOf(failure.getMessage()).contains("not in the manifest"));
  }

  @Test
  void streamsBlocksAsTheyBecomeFinal() throws Exception {
    List<Long> heights = new ArrayList<>();
    client.watchBlocks(
        0,
        block -> {
          heights.add(block.getHeight());
          return heights.size() < 3;
        });
    assertEquals(List.of(0L, 1L, 2L), heights);
  }

  /// Each stream holds a place; one that its client left must not.
  @Test
  void a3AStreamThatItsClientLeavesIsOver() throws Exception {
    for (int i = 0; i <= Streams.STREAMS_MAX; i++) {
      client.watchBlocks(0, _ -> false);
    }
  }
}

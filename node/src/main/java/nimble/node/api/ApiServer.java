package nimble.node.api;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.grpc.GrpcJsonMarshaller;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.grpc.GrpcService;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import nimble.node.chain.Reporter;
import nimble.node.files.Mistake;
import nimble.node.metrics.Standing;

/// A node's door for clients. Close it before the node.
public final class ApiServer implements AutoCloseable {
  private static final int MESSAGE_BYTES_MAX = 4 << 20;
  private static final long REQUEST_BYTES_MAX = 4 << 20;
  private static final int ANSWER_BYTES_MAX = 16 << 20;
  private static final int CONNECTIONS_MAX = 1_024;
  private static final int STREAMS_PER_CONNECTION_MAX = 512;
  private static final int HEADER_BYTES_MAX = 16 << 10;
  private static final int CALLS_MAX = 512;
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(2);
  private static final List<String> LOOPBACK_NAMES = List.of("localhost", "127.0.0.1", "[::1]");

  private final Server server;
  private final ChainFeed feed;
  private final String host;

  private ApiServer(Server server, ChainFeed feed, String host) {
    this.server = server;
    this.feed = feed;
    this.host = host;
  }

  /// Port 0 takes a free one. A mistake says what is wrong with the address.
  public static ApiServer start(String host, int port, ApiParts parts) throws Mistake {
    return start(host, port, parts, Limits.DEFAULT);
  }

  static ApiServer start(String host, int port, ApiParts parts, Limits limits) throws Mistake {
    InetSocketAddress address = loopback(host, port);
    ModelDesk desk = new ModelDesk(parts);
    var server =
        Server.builder()
            .http(address)
            .service(services(parts, desk))
            .decorator(ApiServer::onlyForLoopbackNames)
            .maxRequestLength(REQUEST_BYTES_MAX)
            .requestTimeout(REQUEST_TIMEOUT)
            .idleTimeout(IDLE_TIMEOUT)
            .maxNumConnections(CONNECTIONS_MAX)
            .http2MaxStreamsPerConnection(STREAMS_PER_CONNECTION_MAX)
            .http1MaxHeaderSize(HEADER_BYTES_MAX)
            .http2MaxHeaderListSize(HEADER_BYTES_MAX)
            .blockingTaskExecutor(callers(), true)
            .meterRegistry(parts.metrics())
            .gracefulShutdownTimeoutMillis(0, 0);
    limits.apply(server);
    new HealthPages(parts).addTo(server);
    new OpenAiApi(parts, desk).addTo(server);
    new Standing(parts.chain(), parts.network(), parts.store(), parts.disk()).bind(parts.metrics());
    Server built = server.build();
    try {
      built.start().join();
    } catch (CompletionException e) {
      built.close();
      throw isInUse(cause(e))
          ? Mistake.of(
              "api.listen: port %d of %s is in use: stop what uses it, or choose another port",
              port, host)
          : Mistake.of("api.listen: cannot listen on %s:%d: %s", host, port, cause(e));
    }
    return new ApiServer(built, parts.feed(), host);
  }

  /// Calls may wait for what others bring, such as a tokenizer or a checkpoint's parts: a waiting
  /// one takes no thread of the system's.
  private static ScheduledExecutorService callers() {
    return Executors.newScheduledThreadPool(
        CALLS_MAX, Thread.ofVirtual().name("api-", 0).factory());
  }

  /// The native transport has an exception of its own for it.
  private static boolean isInUse(Throwable cause) {
    return cause instanceof BindException || cause.toString().contains("Address already in use");
  }

  private static Throwable cause(Throwable failure) {
    return failure.getCause() == null ? failure : failure.getCause();
  }

  private static InetSocketAddress loopback(String host, int port) throws Mistake {
    try {
      InetAddress address = InetAddress.getByName(host);
      if (!address.isLoopbackAddress()) {
        throw Mistake.of(
            "api.listen must be a loopback address such as 127.0.0.1, was '%s': the API has neither"
                + " encryption nor passwords; put a proxy that has both before it",
            host);
      }
      return new InetSocketAddress(address, port);
    } catch (UnknownHostException e) {
      throw Mistake.of("api.listen: there is no host '%s'", host);
    }
  }

  private static GrpcService services(ApiParts parts, ModelDesk desk) {
    Streams streams = new Streams();
    return GrpcService.builder()
        .addService(new ChainApi(parts, streams))
        .addService(new JobApi(parts, streams))
        .addService(new MinerApi(parts))
        .addService(new RewardApi(parts))
        .addService(new BlobApi(parts, streams))
        .addService(new ModelApi(parts, desk))
        .addService(new NodeApi(parts))
        .addService(new HealthStatusManager().getHealthService())
        .addService(ProtoReflectionServiceV1.newInstance())
        .maxRequestMessageLength(MESSAGE_BYTES_MAX)
        .maxResponseMessageLength(ANSWER_BYTES_MAX)
        // The other one generates code for every message, which is a fifth of a node's start.
        .jsonMarshallerFactory(_ -> GrpcJsonMarshaller.ofGson())
        .enableUnframedRequests(true)
        .enableHttpJsonTranscoding(true)
        .useBlockingTaskExecutor(true)
        .exceptionHandler((_, status, failure, _) -> answerable(parts, status, failure))
        .build();
  }

  /// What was thrown on purpose is said; what went wrong inside stays inside, and in the log.
  private static Status answerable(ApiParts parts, Status status, Throwable failure) {
    boolean ours = failure instanceof StatusRuntimeException || failure instanceof StatusException;
    if (ours || status.getCode() != Status.Code.UNKNOWN) {
      return status;
    }
    String at =
        Arrays.stream(failure.getStackTrace())
            .map(StackTraceElement::toString)
            .filter(frame -> frame.contains("nimble."))
            .findFirst()
            .orElse("");
    parts.reporter().report(Reporter.Level.ERROR, "call_failed", "cause", failure, "at", at);
    return Status.INTERNAL.withDescription("the node failed to answer; see its log");
  }

  /// A browser that was made to resolve a strange name to this machine still sends that name (A1).
  private static HttpResponse onlyForLoopbackNames(
      HttpService next, ServiceRequestContext context, HttpRequest request) throws Exception {
    String authority = request.authority() == null ? "" : request.authority();
    String name = authority.replaceFirst(":[0-9]*$", "");
    return LOOPBACK_NAMES.contains(name)
        ? next.serve(context, request)
        : HttpResponse.of(
            HttpStatus.FORBIDDEN,
            MediaType.PLAIN_TEXT_UTF_8,
            "this API answers to localhost only, not to '%s'",
            name);
  }

  public String host() {
    return host;
  }

  public int port() {
    return server.activeLocalPort();
  }

  /// Ends open streams, then frees the port.
  @Override
  public void close() {
    feed.close();
    server.stop().join();
  }
}

package nimble.node.api;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;

/// `/livez`: the process answers. `/readyz`: its chain is not behind. `/metrics`: for Prometheus.
final class HealthPages {
  private static final long BEHIND_SECONDS = 30;
  private static final long MILLIS = 1_000;
  private static final MediaType TEXT_FORMAT =
      MediaType.parse("text/plain; version=0.0.4; charset=utf-8");

  private final ApiParts parts;

  HealthPages(ApiParts parts) {
    this.parts = parts;
  }

  void addTo(ServerBuilder server) {
    server
        .service("/livez", (_, _) -> HttpResponse.of("alive"))
        .service("/readyz", (context, _) -> ready(context))
        .service(
            "/metrics",
            (context, _) ->
                HttpResponse.of(
                    () -> HttpResponse.of(HttpStatus.OK, TEXT_FORMAT, parts.metrics().scrape()),
                    context.blockingTaskExecutor()));
  }

  /// Ready when the newest finalized block is at most `maxBehind` seconds old.
  private HttpResponse ready(ServiceRequestContext context) {
    String asked = context.queryParams().get("maxBehind", Long.toString(BEHIND_SECONDS));
    if (!asked.matches("[0-9]{1,9}")) {
      return HttpResponse.of(
          HttpStatus.BAD_REQUEST,
          MediaType.PLAIN_TEXT_UTF_8,
          "maxBehind must be a number of seconds, was '%s'",
          asked);
    }
    return HttpResponse.of(() -> readiness(Long.parseLong(asked)), context.blockingTaskExecutor());
  }

  private HttpResponse readiness(long secondsMax) {
    long behind = (System.currentTimeMillis() - parts.chain().tip().timeMillis()) / MILLIS;
    boolean ready = behind <= secondsMax;
    return HttpResponse.of(
        ready ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE,
        MediaType.PLAIN_TEXT_UTF_8,
        "%s: the newest finalized block, %d, is %d seconds old, %d are allowed",
        ready ? "ready" : "not ready",
        parts.chain().height(),
        Math.max(0, behind),
        secondsMax);
  }
}

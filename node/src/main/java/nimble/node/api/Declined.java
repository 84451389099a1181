package nimble.node.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import java.util.Locale;
import java.util.Optional;
import nimble.node.files.Json;

/// An answer in the shape of OpenAI's errors.
final class Declined extends Exception {
  private static final long serialVersionUID = 1;

  private final transient HttpStatus status;
  private final String code;
  private final transient Optional<String> field;

  private Declined(HttpStatus status, String code, Optional<String> field, String message) {
    super(message, null, false, false);
    this.status = status;
    this.code = code;
    this.field = field;
  }

  /// A field of the request is not as it must be.
  @FormatMethod
  static Declined field(String field, @FormatString String format, Object... values) {
    return new Declined(
        HttpStatus.BAD_REQUEST,
        "invalid_value",
        Optional.of(field),
        String.format(Locale.ROOT, format, values));
  }

  static Declined coded(HttpStatus status, String code, String message) {
    return new Declined(status, code, Optional.empty(), message);
  }

  HttpResponse response() {
    return HttpResponse.of(status, MediaType.JSON_UTF_8, Json.line(body()));
  }

  ObjectNode body() {
    ObjectNode body = Json.object();
    ObjectNode error = body.putObject("error");
    error.put("message", getMessage());
    error.put("type", status.code() < 500 ? "invalid_request_error" : "server_error");
    error.put("param", field.orElse(null));
    error.put("code", code);
    return body;
  }
}

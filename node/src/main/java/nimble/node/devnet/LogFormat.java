package nimble.node.devnet;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Arrays;
import java.util.stream.Collectors;
import nimble.node.chain.Reporter.Level;
import nimble.node.files.Json;

/// How a line of the log is written.
public enum LogFormat {
  /// Time, level, event, then `key=value`; quotes around values with spaces.
  TEXT {
    @Override
    String line(Instant time, Level level, String event, Object... pairs) {
      StringBuilder line = new StringBuilder();
      line.append(time).append(' ').append(level).append(' ').append(event);
      for (int i = 0; i + 1 < pairs.length; i += 2) {
        String value = words(pairs[i + 1]).replace("\n", "\\n");
        boolean quote = value.indexOf(' ') >= 0;
        line.append(' ').append(pairs[i]).append('=');
        line.append(quote ? "\"" + value.replace("\"", "'") + "\"" : value);
      }
      return line.toString();
    }
  },
  /// One JSON object: `time`, `level`, `event` and the rest; numbers stay numbers.
  JSON {
    @Override
    String line(Instant time, Level level, String event, Object... pairs) {
      ObjectNode line =
          Json.object().put("time", time.toString()).put("level", level.name()).put("event", event);
      for (int i = 0; i + 1 < pairs.length; i += 2) {
        String key = String.valueOf(pairs[i]);
        switch (pairs[i + 1]) {
          case Long number -> line.put(key, number);
          case Integer number -> line.put(key, number);
          case Boolean bool -> line.put(key, bool);
          case Object value -> line.put(key, words(value));
        }
      }
      return Json.line(line);
    }
  };

  private static final int FRAMES_MAX = 16;

  abstract String line(Instant time, Level level, String event, Object... pairs);

  /// What broke, and where: the line is all that is left of a node that failed.
  private static String words(Object value) {
    if (!(value instanceof Throwable thrown)) {
      return String.valueOf(value);
    }
    String where =
        Arrays.stream(thrown.getStackTrace())
            .limit(FRAMES_MAX)
            .map(frame ->
                "%s.%s:%d"
                    .formatted(frame.getClassName(), frame.getMethodName(), frame.getLineNumber()))
            .collect(Collectors.joining(" < "));
    // The compiler leaves the frames out of what is thrown very often.
    return where.isEmpty() ? thrown.toString() : thrown + " at " + where;
  }
}

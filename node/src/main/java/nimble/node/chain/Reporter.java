package nimble.node.chain;

/// The operator's log: one line per event, `key=value` pairs. Implementations must not block.
public interface Reporter {
  Reporter SILENT = (level, event, pairs) -> {};

  /// How much an operator should care.
  enum Level {
    DEBUG,
    INFO,
    WARN,
    ERROR
  }

  /// @param pairs keys and values in turn
  void report(Level level, String event, Object... pairs);

  default void info(String event, Object... pairs) {
    report(Level.INFO, event, pairs);
  }

  default void debug(String event, Object... pairs) {
    report(Level.DEBUG, event, pairs);
  }

  default void warn(String event, Object... pairs) {
    report(Level.WARN, event, pairs);
  }
}

package nimble.node.api;

import java.util.List;
import nimble.vm.generation.Sampling;

/// What a client wants of a model, checked by itself.
///
/// @param text how it reads and writes text
/// @param prompt ids
/// @param tokens at most so many
/// @param stops texts before which the answer ends
record Question(
    ModelDesk.Usable model,
    TextCodec text,
    List<Integer> prompt,
    int tokens,
    Sampling sampling,
    List<String> stops,
    long timeoutMillis) {
  static final int TOKENS_MAX = 4_096;
  static final int PROMPT_MAX = 256 << 10;
  static final int STOPS_MAX = 4;
  static final int STOP_LENGTH_MAX = 256;
  static final double MILLI = 1_000;
  static final long TIMEOUT_MILLIS = 120_000;
  static final long TIMEOUT_MILLIS_MAX = 3_600_000;

  Question {
    prompt = List.copyOf(prompt);
    stops = List.copyOf(stops);
  }

  Question seeded(long seed) {
    return new Question(model, text, prompt, tokens, sampling.seeded(seed), stops, timeoutMillis);
  }

  /// To thousandths; what is more than nothing stays so.
  static int milli(double value) {
    return value > 0 ? (int) Math.max(1, Math.round(value * MILLI)) : 0;
  }
}

package nimble.node.devnet;

import nimble.api.v1.JobView;

/// How fast a demo's job trains, as far as its network can tell.
public interface Pace {
  /// @param steps done since the first, which only starts the clock; -1 before it
  /// @param loss of the newest step or round
  record Reading(long firstNanos, long lastNanos, int steps, long tokens, float loss) {
    static final Reading NONE = new Reading(0, 0, -1, 0, Float.NaN);

    private static final double NANOS = 1e9;

    double tokensPerSecond() {
      return lastNanos > firstNanos ? tokens / ((lastNanos - firstNanos) / NANOS) : 0;
    }
  }

  /// The job as the chain has it now.
  void seen(JobView job);

  Reading reading();
}

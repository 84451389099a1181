package nimble.p2p.sim;

import nimble.check.Invariant;

/// How bad the network is.
///
/// @param latencyMillisMin one way
/// @param latencyMillisMax one way; every message draws its own
/// @param breaksPerMillion of a million messages, how many break their connection
/// @param noticeMillisMax until an end notices that its connection is broken
/// @param bytesPerMilli of each lane and direction; 0 sets no limit
public record Weather(
    int latencyMillisMin,
    int latencyMillisMax,
    int breaksPerMillion,
    int noticeMillisMax,
    long bytesPerMilli) {
  static final int MILLION = 1_000_000;

  public Weather {
    Invariant.check(
        latencyMillisMin >= 0 && latencyMillisMin <= latencyMillisMax,
        "latency %d to %d",
        latencyMillisMin,
        latencyMillisMax);
    Invariant.check(breaksPerMillion >= 0 && breaksPerMillion <= MILLION, "breaks");
    Invariant.check(noticeMillisMax >= 0 && bytesPerMilli >= 0, "notice or bandwidth");
  }

  /// A data centre.
  public static Weather calm() {
    return new Weather(1, 5, 0, 100, 0);
  }

  /// A bad day: long ways, and one message in a thousand breaks its connection.
  public static Weather stormy() {
    return new Weather(5, 200, 1_000, 3_000, 10_000);
  }
}

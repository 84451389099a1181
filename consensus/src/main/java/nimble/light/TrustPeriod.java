package nimble.light;

import java.util.Optional;
import nimble.genesis.Genesis;

/// How old a trusted point may be (Y7), and how old an answer (Y8).
///
/// @param millis 0 when any age will do
public record TrustPeriod(long millis) {
  /// Of a network whose parameters are not known: two thirds of the main network's unbonding.
  public static final TrustPeriod UNKNOWN = new TrustPeriod(14L * 24 * 3_600_000 / 3 * 2);

  private static final long DAY_MILLIS = 24L * 3_600_000;

  public static TrustPeriod of(Genesis genesis) {
    long unbonding = genesis.parameters().money().unbonding().millis();
    return new TrustPeriod(unbonding < DAY_MILLIS ? 0 : unbonding / 3 * 2);
  }

  /// Why a trusted point of this time may no longer be trusted, with the remedy; empty when it may.
  public Optional<String> refuses(long timeMillis, long nowMillis) {
    long age = nowMillis - timeMillis;
    return millis == 0 || age <= millis
        ? Optional.empty()
        : Optional.of(
            ("the trusted point is %s old, older than the %s for which validators answer for what"
                    + " they signed: give a newer block with --trust HEIGHT:HASH, from somebody you"
                    + " trust")
                .formatted(words(age), words(millis)));
  }

  /// Why a header of this time does not say what is true now; empty when it is new enough.
  public static Optional<String> stale(long timeMillis, long nowMillis, long ageMaxMillis) {
    long age = nowMillis - timeMillis;
    return age <= ageMaxMillis
        ? Optional.empty()
        : Optional.of(
            ("the newest block that the node shows is %s old, more than %s: the node is behind or"
                    + " hides newer blocks; ask another node, or allow more with --max-age")
                .formatted(words(age), words(ageMaxMillis)));
  }

  private static String words(long millis) {
    long seconds = millis / 1_000;
    if (seconds < 120) {
      return seconds + " seconds";
    }
    long minutes = seconds / 60;
    if (minutes < 120) {
      return minutes + " minutes";
    }
    long hours = minutes / 60;
    return hours < 72 ? hours + " hours" : hours / 24 + " days";
  }
}

package nimble.p2p.book;

import java.util.Optional;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.p2p.NetworkGroup;
import nimble.p2p.PeerAddress;
import nimble.types.PublicKey;

/// What the book says about one address. Moments are 0 when it never happened.
///
/// @param address without a key
/// @param group of the address
/// @param source group of whoever told of it first
/// @param key found there when tried; else a hint
/// @param failures since the last success
record Known(
    PeerAddress address,
    String group,
    String source,
    Optional<PublicKey> key,
    boolean tried,
    long heardMillis,
    long dialledMillis,
    long goodMillis,
    int failures) {
  private static final int GROUP_LENGTH_MAX = 48;
  private static final int FAILURES_MAX = 64;
  private static final int UNTESTED_FAILURES_MAX = 3;
  private static final int TESTED_FAILURES_MAX = 10;
  private static final long HEARD_MILLIS_MAX = 30 * 24 * 3_600_000L;
  private static final long RETRY_MILLIS = 10_000;
  private static final int RETRY_DOUBLINGS_MAX = 9;

  Known heard(Optional<PublicKey> hint, long nowMillis) {
    return new Known(
        address,
        group,
        source,
        tried ? key : hint.or(() -> key),
        tried,
        nowMillis,
        dialledMillis,
        goodMillis,
        failures);
  }

  Known dialled(long nowMillis) {
    return new Known(
        address, group, source, key, tried, heardMillis, nowMillis, goodMillis, failures);
  }

  Known failed() {
    return new Known(
        address,
        group,
        source,
        key,
        tried,
        heardMillis,
        dialledMillis,
        goodMillis,
        Math.min(FAILURES_MAX, failures + 1));
  }

  Known good(PublicKey found, long nowMillis) {
    return new Known(
        address, group, source, Optional.of(found), tried, nowMillis, dialledMillis, nowMillis, 0);
  }

  Known moved(boolean toTried) {
    return new Known(
        address, group, source, key, toTried, heardMillis, dialledMillis, goodMillis, failures);
  }

  /// Whether another may have its place (B3).
  boolean isStale(long nowMillis) {
    return nowMillis - heardMillis > HEARD_MILLIS_MAX
        || failures >= (goodMillis == 0 ? UNTESTED_FAILURES_MAX : TESTED_FAILURES_MAX);
  }

  /// Whether it may be dialled again (B4).
  boolean isDue(long nowMillis) {
    long pause = RETRY_MILLIS << Math.min(failures, RETRY_DOUBLINGS_MAX);
    // A dial that is still to come was timed by a clock that was wrong.
    return dialledMillis == 0 || dialledMillis > nowMillis || nowMillis - dialledMillis >= pause;
  }

  void write(Writer to) {
    to.string(address.host(), PeerAddress.HOST_LENGTH_MAX).u16(address.port());
    to.string(source, GROUP_LENGTH_MAX);
    to.optional(key, PublicKey::write);
    to.bool(tried).i64(heardMillis).i64(dialledMillis).i64(goodMillis).u8(failures);
  }

  static Known read(Reader from) throws Malformed {
    String host = from.string(PeerAddress.HOST_LENGTH_MAX);
    int port = from.u16();
    if (port == 0 || NetworkGroup.of(host).isEmpty()) {
      throw new Malformed("'%s' port %d is no address to dial".formatted(host, port));
    }
    PeerAddress address = PeerAddress.of(host, port);
    return new Known(
        address,
        NetworkGroup.of(address).map(NetworkGroup::name).orElse(""),
        from.string(GROUP_LENGTH_MAX),
        from.optional(PublicKey::read),
        from.bool(),
        from.i64(),
        from.i64(),
        from.i64(),
        from.u8());
  }
}

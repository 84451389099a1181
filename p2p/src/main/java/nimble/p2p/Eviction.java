package nimble.p2p;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import nimble.codec.Bytes;
import nimble.crypto.Hashing;
import nimble.types.PublicKey;

/// Who makes room when the inbound cap is reached (rule P12). An attacker who wants to take all
/// room would have to come first, stay longest, and come from many groups, which he cannot choose.
public final class Eviction {
  /// One who came in and is not reserved.
  ///
  /// @param group of the address it came from
  public record Inbound(PublicKey peer, String group, long sinceMillis) {}

  static final int GROUPS_KEPT = 8;

  private Eviction() {}

  /// @param salt secret, so that nobody knows which groups are kept
  public static Optional<PublicKey> victim(List<Inbound> inbound, Bytes salt) {
    List<Inbound> open = new ArrayList<>(inbound);
    open.sort(Comparator.comparingLong(Inbound::sinceMillis).thenComparing(Inbound::peer));
    open.removeAll(distinct(open, salt));
    List<Inbound> young = open.subList((open.size() + 1) / 2, open.size());
    Map<String, List<Inbound>> crowds = new TreeMap<>();
    young.forEach(it -> crowds.computeIfAbsent(it.group(), group -> new ArrayList<>()).add(it));
    return crowds.values().stream()
        .max(
            Comparator.<List<Inbound>>comparingInt(List::size)
                .thenComparingLong(crowd -> crowd.getLast().sinceMillis()))
        .map(crowd -> crowd.getLast().peer());
  }

  /// The longest connected of some groups.
  private static List<Inbound> distinct(List<Inbound> byAge, Bytes salt) {
    TreeMap<Bytes, Inbound> eldest = new TreeMap<>();
    byAge.forEach(it ->
        eldest.putIfAbsent(Hashing.of("peer-evict", salt, Bytes.utf8(it.group())).bytes(), it));
    return eldest.values().stream().limit(GROUPS_KEPT).toList();
  }
}

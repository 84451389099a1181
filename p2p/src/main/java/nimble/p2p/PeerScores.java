package nimble.p2p;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import nimble.types.PublicKey;

/// What peers have done wrong. Points fade by one a second; [#DISCONNECT_POINTS] end the
/// connection, [#BAN_POINTS] ban for a time that doubles with every ban. Exempt peers (static ones,
/// validators) are counted and never sentenced.
public final class PeerScores {
  public static final int PEERS_MAX = 4_096;
  public static final int DISCONNECT_POINTS = 50;
  public static final int BAN_POINTS = 100;
  public static final long BAN_MILLIS = 60_000;
  public static final long BAN_MILLIS_MAX = 24 * 3_600_000L;
  private static final long FADE_MILLIS = 1_000;

  /// What is to be done about a peer.
  public sealed interface Verdict {}

  public record Keep() implements Verdict {}

  public record Disconnect(String reason) implements Verdict {}

  public record Ban(long untilMillis, String reason) implements Verdict {}

  private record Entry(int points, long sinceMillis, long bannedUntilMillis, int bans, String why) {
    /// Points left at `nowMillis`.
    int pointsAt(long nowMillis) {
      long faded = Math.max(0, nowMillis - sinceMillis) / FADE_MILLIS;
      return (int) Math.max(0, points - faded);
    }

    boolean isBanned(long nowMillis) {
      return nowMillis < bannedUntilMillis;
    }
  }

  private static final Entry CLEAN = new Entry(0, 0, 0, 0, "");

  private final Map<PublicKey, Entry> entries = new LinkedHashMap<>();
  private SortedSet<PublicKey> exempt = new TreeSet<>();

  /// Replaces the exempt peers.
  public void exempt(SortedSet<PublicKey> peers) {
    exempt = new TreeSet<>(peers);
  }

  public Verdict penalize(PublicKey peer, Penalty penalty, String reason, long nowMillis) {
    Entry before = entries.getOrDefault(peer, CLEAN);
    int points = before.pointsAt(nowMillis) + penalty.points();
    boolean ban = points >= BAN_POINTS && !exempt.contains(peer);
    Entry after =
        ban
            ? new Entry(
                0, nowMillis, nowMillis + banMillis(before.bans()), before.bans() + 1, reason)
            : new Entry(
                Math.min(points, BAN_POINTS),
                nowMillis,
                before.bannedUntilMillis(),
                before.bans(),
                reason);
    entries.remove(peer);
    entries.put(peer, after);
    forget(nowMillis);
    if (exempt.contains(peer) || points < DISCONNECT_POINTS) {
      return new Keep();
    }
    return ban ? new Ban(after.bannedUntilMillis(), reason) : new Disconnect(reason);
  }

  private static long banMillis(int bansBefore) {
    return Math.min(BAN_MILLIS_MAX, BAN_MILLIS << Math.min(bansBefore, 20));
  }

  public int points(PublicKey peer, long nowMillis) {
    return entries.getOrDefault(peer, CLEAN).pointsAt(nowMillis);
  }

  /// A ban as it outlives the process.
  public record Sentence(PublicKey peer, long untilMillis, int bans, String reason) {}

  /// The bans in force.
  public List<Sentence> sentences(long nowMillis) {
    List<Sentence> sentences = new ArrayList<>();
    entries.forEach((peer, entry) -> {
      if (entry.isBanned(nowMillis)) {
        sentences.add(
            new Sentence(peer, entry.bannedUntilMillis(), entry.bans(), Text.reason(entry.why())));
      }
    });
    return sentences;
  }

  /// Takes up bans that an earlier process passed. A clock that was wrong then bans nobody longer
  /// than the longest ban.
  public void restore(List<Sentence> sentences, long nowMillis) {
    for (Sentence it : sentences) {
      long until = Math.min(it.untilMillis(), nowMillis + BAN_MILLIS_MAX);
      entries.put(it.peer(), new Entry(0, nowMillis, until, it.bans(), it.reason()));
    }
    forget(nowMillis);
  }

  /// Forgets what `peer` did; whether that ends a ban.
  public boolean pardon(PublicKey peer, long nowMillis) {
    Entry forgotten = entries.remove(peer);
    return forgotten != null && forgotten.isBanned(nowMillis);
  }

  /// The latest that `peer` got wrong; empty when nothing is remembered.
  public String reason(PublicKey peer) {
    return entries.getOrDefault(peer, CLEAN).why();
  }

  /// Who is banned now and why, for [Admission].
  public SortedMap<PublicKey, String> banned(long nowMillis) {
    TreeMap<PublicKey, String> banned = new TreeMap<>();
    entries.forEach((peer, entry) -> {
      if (entry.isBanned(nowMillis) && !exempt.contains(peer)) {
        banned.put(peer, entry.why());
      }
    });
    return banned;
  }

  /// Keeps at most [#PEERS_MAX]: whoever was sentenced longest ago and is not banned goes first.
  private void forget(long nowMillis) {
    Iterator<Entry> oldest = entries.values().iterator();
    while (entries.size() > PEERS_MAX && oldest.hasNext()) {
      if (!oldest.next().isBanned(nowMillis)) {
        oldest.remove();
      }
    }
    oldest = entries.values().iterator();
    while (entries.size() > PEERS_MAX) {
      oldest.next();
      oldest.remove();
    }
  }
}

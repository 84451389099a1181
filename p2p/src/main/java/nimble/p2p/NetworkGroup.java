package nimble.p2p;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The part of the network that an address lies in: whoever has one address of it cheaply has them
/// all. IPv4 goes by 16 bits, IPv6 by 32. Only written addresses have a group: names cost their
/// owner nothing.
///
/// @param local not routed on the Internet: loopback, private and link-local addresses
public record NetworkGroup(String name, boolean local) {
  private static final int HEXTETS = 8;

  /// Empty for a name, and for what nobody can dial.
  public static Optional<NetworkGroup> of(String host) {
    return host.indexOf(':') < 0 ? v4(host) : v6(host);
  }

  /// The group of a place to dial: on this very machine every port is one of its own, so that a
  /// network for tests has groups too.
  public static Optional<NetworkGroup> of(PeerAddress address) {
    return of(address.host())
        .map(group ->
            group.name.equals("loopback")
                ? new NetworkGroup("loopback:" + address.port(), true)
                : group);
  }

  private static Optional<NetworkGroup> v4(String host) {
    String[] parts = host.split("\\.", -1);
    if (parts.length != 4) {
      return Optional.empty();
    }
    int[] octets = new int[4];
    for (int i = 0; i < 4; i++) {
      // One spelling for each address: no leading zeros.
      if (!parts[i].matches("0|[1-9][0-9]{0,2}")) {
        return Optional.empty();
      }
      octets[i] = Integer.parseInt(parts[i]);
      if (octets[i] > 255) {
        return Optional.empty();
      }
    }
    return v4(octets[0], octets[1], octets[2]);
  }

  private static Optional<NetworkGroup> v4(int a, int b, int c) {
    if (a == 0 || a >= 224) {
      return Optional.empty();
    }
    if (a == 127) {
      return Optional.of(new NetworkGroup("loopback", true));
    }
    boolean local =
        a == 10
            || (a == 172 && b >= 16 && b < 32)
            || (a == 192 && b == 168)
            || (a == 169 && b == 254)
            || (a == 100 && b >= 64 && b < 128);
    return Optional.of(
        local
            ? new NetworkGroup("%d.%d.%d".formatted(a, b, c), true)
            : new NetworkGroup("%d.%d".formatted(a, b), false));
  }

  private static Optional<NetworkGroup> v6(String host) {
    List<Integer> hextets = hextets(host);
    if (hextets.size() != HEXTETS) {
      return Optional.empty();
    }
    int first = hextets.getFirst();
    if (hextets.subList(0, HEXTETS - 1).stream().allMatch(it -> it == 0)) {
      return hextets.getLast() == 1
          ? Optional.of(new NetworkGroup("loopback", true))
          : Optional.empty();
    }
    if (first == 0 || first >= 0xff00) {
      // An IPv4 address in disguise, or a group of receivers.
      return Optional.empty();
    }
    boolean local = (first & 0xfe00) == 0xfc00 || (first & 0xffc0) == 0xfe80;
    String name = "%x:%x".formatted(first, hextets.get(1));
    return Optional.of(
        local
            ? new NetworkGroup(name + ":%x:%x".formatted(hextets.get(2), hextets.get(3)), true)
            : new NetworkGroup(name, false));
  }

  /// Eight numbers, or anything else when `host` is no address.
  private static List<Integer> hextets(String host) {
    int gap = host.indexOf("::");
    if (gap < 0) {
      return words(host);
    }
    List<Integer> before = words(host.substring(0, gap));
    List<Integer> after = words(host.substring(gap + 2));
    List<Integer> all = new ArrayList<>(before);
    while (all.size() + after.size() < HEXTETS) {
      all.add(0);
    }
    all.addAll(after);
    return before.size() + after.size() < HEXTETS ? all : List.of();
  }

  private static List<Integer> words(String text) {
    List<Integer> words = new ArrayList<>();
    if (text.isEmpty()) {
      return words;
    }
    for (String word : text.split(":", -1)) {
      if (!word.matches("[0-9a-f]{1,4}") || words.size() > HEXTETS) {
        // More than eight of them are no address.
        return List.of(0, 0, 0, 0, 0, 0, 0, 0, 0);
      }
      words.add(Integer.parseInt(word, 16));
    }
    return words;
  }
}

package nimble.p2p;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class NetworkGroupTest {
  private static String group(String host) {
    return NetworkGroup.of(host).map(it -> it.name() + (it.local() ? " local" : "")).orElse("none");
  }

  @Test
  void addressesOfOneProviderAreOneGroup() {
    assertEquals("1.2", group("1.2.3.4"));
    assertEquals("1.2", group("1.2.200.9"));
    assertEquals("2001:db8", group("2001:db8::1"));
    assertEquals("2001:db8", group("2001:db8:0:5:0:0:0:1"));
    assertEquals("10.0.7 local", group("10.0.7.1"));
    assertEquals("192.168.0 local", group("192.168.0.9"));
    assertEquals("100.64.1 local", group("100.64.1.1"));
    assertEquals("172.32", group("172.32.1.1"));
    assertEquals("fd00:1:2:3 local", group("fd00:1:2:3::9"));
    assertEquals("fe80:0:0:0 local", group("fe80::1"));
    assertEquals("loopback local", group("127.0.0.1"));
    assertEquals("loopback local", group("::1"));
  }

  @Test
  void namesAndWhatNobodyCanDialHaveNone() {
    for (String host :
        List.of(
            "example.org",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "1.2.3",
            "01.2.3.4",
            "1.2.3.256",
            "::",
            "::2",
            "::ffff:1.2.3.4",
            "0:0:0:0:0:ffff:102:304",
            "ff02::1",
            "1:2",
            "1:2:3:4:5:6:7:8:9",
            "1::2::3",
            "2001:DB8::1",
            ":1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8::")) {
      assertEquals("none", group(host), host);
    }
  }

  @Test
  void onThisMachineEveryPortIsAGroup() {
    Optional<NetworkGroup> a = NetworkGroup.of(PeerAddress.of("127.0.0.1", 7040));
    assertTrue(a.isPresent());
    assertTrue(!a.equals(NetworkGroup.of(PeerAddress.of("127.0.0.1", 7041))));
  }
}

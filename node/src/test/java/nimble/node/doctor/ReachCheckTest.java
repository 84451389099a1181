package nimble.node.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.util.Optional;
import nimble.api.v1.ReachView;
import nimble.node.doctor.Finding.Mark;
import org.junit.jupiter.api.Test;

/// Which case applies, and why.
final class ReachCheckTest {
  private static Finding told(String state, String... relays) {
    ReachView.Builder view = ReachView.newBuilder().setState(state).setWhy("node 12ab could not");
    for (String relay : relays) {
      view.addRelays(relay);
    }
    return ReachCheck.told(view.build());
  }

  @Test
  void aRunningNodeSaysWhichCaseItIs() {
    assertEquals(Mark.OK, told("PUBLIC").mark());
    Finding relayed = told("RELAYED", "12ab@203.0.113.1:7040", "34cd@203.0.113.2:7040");
    assertEquals(Mark.OK, relayed.mark());
    assertTrue(relayed.found().contains("through 2 relays: 12ab@203.0.113.1:7040"));
    Finding unreachable = told("UNREACHABLE");
    assertEquals(Mark.WARN, unreachable.mark());
    assertTrue(unreachable.found().contains("node 12ab could not"));
    assertTrue(unreachable.remedy().contains("p2p.peers"));
    assertEquals(Mark.UNKNOWN, told("UNKNOWN").mark());
    assertEquals(Mark.UNKNOWN, told("a state of a later version").mark());
  }

  @Test
  void oneThatDoesNotRunIsJudgedByItsAddresses() {
    assertEquals(Mark.OK, ReachCheck.seen(Optional.empty()).mark());
    Finding loopback =
        ReachCheck.seen(Optional.of(InetSocketAddress.createUnresolved("127.0.0.1", 7040)));
    assertEquals(Mark.WARN, loopback.mark());
    assertTrue(loopback.remedy().startsWith("set p2p.listen to 0.0.0.0:7040"), loopback.remedy());
  }
}

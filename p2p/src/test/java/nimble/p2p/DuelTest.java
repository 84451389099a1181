package nimble.p2p;

import static org.junit.jupiter.api.Assertions.assertEquals;

import nimble.p2p.Duel.Known;
import org.junit.jupiter.api.Test;

final class DuelTest {
  @Test
  void p2BothSidesKeepTheSameConnection() {
    var small = Samples.peer(1);
    var large = Samples.peer(2);
    assertEquals(Duel.REFUSE, Duel.judge(small, large, Known.GREETED, false));
    assertEquals(Duel.TAKE, Duel.judge(large, small, Known.GREETED, false));
    assertEquals(Duel.REFUSE, Duel.judge(small, large, Known.DIALLED, true));
    assertEquals(Duel.REPLACE, Duel.judge(large, small, Known.DIALLED, true));
  }

  @Test
  void p2ARestartedPeerReplacesWhatWeBelievedIn() {
    var small = Samples.peer(1);
    var large = Samples.peer(2);
    for (Known known : new Known[] {Known.DIALLED, Known.ACCEPTED}) {
      assertEquals(Duel.REPLACE, Duel.judge(small, large, known, false));
      assertEquals(Duel.REPLACE, Duel.judge(large, small, known, false));
    }
    assertEquals(Duel.TAKE, Duel.judge(small, large, Known.NOTHING, false));
  }
}

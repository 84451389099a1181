package nimble.node.chain;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import nimble.consensus.Effect.Notice;
import nimble.consensus.Grounds;
import org.junit.jupiter.api.Test;

final class ViewReportTest {
  private final List<String> lines = new ArrayList<>();
  private final ViewReport views =
      new ViewReport(
          (level, event, pairs) -> {
            if (level == Reporter.Level.INFO) {
              lines.add(event + " " + Arrays.toString(pairs));
            }
          },
          new Payloads());

  @Test
  void oneLineTellsOfASkippedView() {
    views.noticed(1_000, new Notice.Entered(7, 2));
    views.noticed(3_000, new Notice.GaveUp(7, Grounds.NO_PROPOSAL));
    views.noticed(3_040, new Notice.Skipped(7, 2));
    assertEquals(
        List.of("view_skipped [view, 7, leader, 2, reason, leader_silent, afterMillis, 2040]"),
        lines);
  }

  @Test
  void whoDidNotGiveUpItselfSaysSo() {
    views.noticed(1_000, new Notice.Skipped(4, 1));
    assertEquals(
        List.of("view_skipped [view, 4, leader, 1, reason, others_gave_up, afterMillis, 0]"),
        lines);
  }

  @Test
  void reasonsAreOfWhatConsensusSays() {
    assertEquals(SkipReason.LEADER_LATE, reason(Grounds.NO_PROPOSAL, true));
    assertEquals(SkipReason.LEADER_SILENT, reason(Grounds.NO_PROPOSAL, false));
    assertEquals(SkipReason.LEADER_GAVE_UP, reason(Grounds.LEADER_GAVE_UP, false));
    assertEquals(SkipReason.NOTHING_BUILT, reason(Grounds.NOTHING_BUILT, false));
    assertEquals(SkipReason.PAYLOAD_REFUSED, reason(Grounds.PAYLOAD_REFUSED, true));
    assertEquals(SkipReason.CERTIFICATE_LATE, reason(Grounds.OUT_OF_TIME, true));
  }

  private static SkipReason reason(Grounds gaveUp, boolean proposed) {
    return SkipReason.of(new SkipReason.Known(Optional.of(gaveUp), proposed));
  }
}

package nimble.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Address;
import nimble.types.JobId;
import nimble.types.Moment;
import org.junit.jupiter.api.Test;

/// What is told of disputes, by the events that a node keeps (J30).
final class PlayedDisputeTest {
  private static final Address MINER = new Address(Bytes.utf8("the miner's account."));
  private static final Address ACCUSER = new Address(Bytes.utf8("an auditor's account"));
  private static final AuditEvent.AuditDrawn DRAWN =
      new AuditEvent.AuditDrawn(4, 1, 2, 3, List.of(ACCUSER));
  private static final AuditEvent.Disputed OPENED =
      new AuditEvent.Disputed(4, MINER, ACCUSER, true);

  /// As a node keeps them and shows them.
  private static List<PlayedDispute> of(JobEvent... events) throws Malformed {
    List<JobEntry> entries = new ArrayList<>();
    for (JobEvent event : events) {
      JobEntry entry = new JobEntry(new JobId(1), entries.size(), new Moment(0, 1), event);
      entries.add(Reader.decode(Writer.encode(entry::write), JobEntry::read));
    }
    return PlayedDispute.of(entries);
  }

  @Test
  void j30MovesAndBytesAddUpToTheEnd() throws Malformed {
    AuditEvent.DisputeMoved states = new AuditEvent.DisputeMoved(4, MINER, 0, 425);
    AuditEvent.DisputeMoved accuses = new AuditEvent.DisputeMoved(4, ACCUSER, 1, 711);
    List<PlayedDispute> open = of(DRAWN, OPENED, states, accuses);
    assertEquals(
        List.of(new PlayedDispute(DRAWN, OPENED, 2, 1_136, Optional.empty(), false)), open);
    AuditEvent.DisputeEnded ends = new AuditEvent.DisputeEnded(4, DisputeResult.MINER_LOSES);
    PlayedDispute over = of(DRAWN, OPENED, states, accuses, ends).getFirst();
    assertEquals(Optional.of(DisputeResult.MINER_LOSES), over.result());
    assertEquals(1_136, over.bytes());
  }

  @Test
  void j26WithItsAuditADisputeIsDropped() throws Malformed {
    AuditEvent.AuditClosed closes = new AuditEvent.AuditClosed(4, 1, 2, AuditOutcome.DROPPED, 0);
    PlayedDispute open = of(DRAWN, OPENED).getFirst();
    assertTrue(open.isOpen());
    assertEquals("OPEN", open.standing());
    PlayedDispute dropped = of(DRAWN, OPENED, closes).getFirst();
    assertFalse(dropped.isOpen());
    assertEquals("DROPPED", dropped.standing());
    assertEquals(Optional.empty(), dropped.result());
  }

  @Test
  void j30OtherAuditsAreNotMixedIn() throws Malformed {
    AuditEvent.DisputeEnded other = new AuditEvent.DisputeEnded(5, DisputeResult.UNDECIDED);
    assertEquals(1, of(DRAWN, OPENED, other).size());
    assertEquals(Optional.empty(), of(DRAWN, OPENED, other).getFirst().result());
    assertEquals(List.of(), of(DRAWN, other));
  }
}

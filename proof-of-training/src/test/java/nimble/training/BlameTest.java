package nimble.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

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

/// Which rule is named, by kind of event (J11).
final class BlameTest {
  private static final Address WHO = new Address(Bytes.utf8("the one that we mean"));
  private static final Address OTHER = new Address(Bytes.utf8("an auditor's account"));

  /// As a node keeps them and shows them.
  private static Optional<String> blame(Address who, JobEvent... events) throws Malformed {
    List<JobEntry> entries = new ArrayList<>();
    for (JobEvent event : events) {
      JobEntry entry = new JobEntry(new JobId(1), entries.size(), new Moment(0, 1), event);
      entries.add(Reader.decode(Writer.encode(entry::write), JobEntry::read));
    }
    return Blame.of(entries, who);
  }

  @Test
  void forfeitsNameTheirOwnRule() throws Malformed {
    assertEquals(
        Optional.of("J30: lost a dispute: forfeited 20 nim-units"),
        blame(WHO, new AuditEvent.Forfeited(7, WHO, "J30: lost a dispute", 20)));
    assertEquals(
        Optional.of("J17: is silent: forfeited 1,002 nim-units"),
        blame(
            WHO,
            new AuditEvent.Forfeited(7, WHO, "J17: is silent", 2),
            new AuditEvent.Forfeited(8, OTHER, "J30: lost a dispute", 20),
            new AuditEvent.Forfeited(9, WHO, "J17: is silent", 1_000)));
  }

  @Test
  void theWorstIsNamed() throws Malformed {
    JobEvent forfeited = new AuditEvent.Forfeited(7, WHO, "J17: is silent", 2);
    JobEvent struck = new JobEvent.Struck(1, WHO, "J31: audit 7 deviates");
    JobEvent slashed = new AuditEvent.Slashed(1, WHO, "J26: audit 8 is false", 9, 0, 0);
    assertEquals(Optional.of("J31: audit 7 deviates: a strike"), blame(WHO, struck, forfeited));
    assertEquals(
        Optional.of("J26: audit 8 is false: slashed"), blame(WHO, slashed, struck, forfeited));
    assertEquals(Optional.empty(), blame(OTHER, slashed, struck, forfeited));
  }

  @Test
  void whoHoldsTheStageConcedes() throws Malformed {
    JobEvent[] events = {
      new JobEvent.Matched(0, OTHER, 1, 1),
      new JobEvent.Matched(1, OTHER, 1, 1),
      new AuditEvent.AuditClosed(7, 1, 0, AuditOutcome.CONCEDED, 0),
      new JobEvent.Matched(1, WHO, 1, 1),
      new AuditEvent.AuditClosed(8, 1, 3, AuditOutcome.CONCEDED, 0),
      new AuditEvent.AuditClosed(9, 1, 4, AuditOutcome.UPHELD, 0),
      new AuditEvent.AuditClosed(9, 0, 4, AuditOutcome.CONCEDED, 0)
    };
    assertEquals(Optional.of("J18: conceded 1 rounds"), blame(WHO, events));
    assertEquals(Optional.of("J18: conceded 2 rounds"), blame(OTHER, events));
  }
}

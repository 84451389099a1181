package nimble.node.cli.job;

import static org.junit.jupiter.api.Assertions.assertEquals;

import nimble.api.v1.JobEventView;
import nimble.crypto.AddressForm;
import nimble.training.JobEntry;
import nimble.training.JobEvent;
import nimble.types.JobId;
import nimble.types.Moment;
import org.junit.jupiter.api.Test;

/// What is shown of a job's events.
final class JobEventsTest {
  @Test
  void whatIsCalledVerifiedIsReadFromTheProvenEntry() throws Exception {
    JobEntry entry = new JobEntry(new JobId(3), 4, new Moment(5, 6), new JobEvent.Paused("late"));
    JobEventView shown = JobEvents.read(AddressForm.TEST, entry.encode());
    assertEquals("paused: late", shown.getText());
    assertEquals("Paused", shown.getKind());
    assertEquals(4, shown.getIndex());
    assertEquals(6, shown.getHeight());
    assertEquals(5, shown.getTimeMillis());
  }
}

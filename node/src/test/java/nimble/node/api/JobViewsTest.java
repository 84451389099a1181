package nimble.node.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import nimble.api.v1.JobView;
import nimble.crypto.AddressForm;
import nimble.node.sim.village.Ruin;
import org.junit.jupiter.api.Test;

final class JobViewsTest {
  /// Of a job that failed as the work could not be paid again.
  @Test
  void aFailedJobSaysFromWhereItCouldGoOn() {
    Ruin ruin = new Ruin(0, 0);
    JobView view = new JobViews(AddressForm.TEST).job(ruin.state(), ruin.job());
    assertEquals("FAILED", view.getState());
    assertEquals(
        "the escrow does not cover the work again; its last resume point is after round 11",
        view.getReason());
    assertEquals(0, view.getEscrow());
  }
}

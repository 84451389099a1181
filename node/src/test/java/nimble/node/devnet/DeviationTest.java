package nimble.node.devnet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import nimble.api.v1.ConvictedHost;
import nimble.codec.Bytes;
import nimble.crypto.AddressForm;
import nimble.genesis.Parameters;
import nimble.training.AuditEvent;
import nimble.training.JobEntry;
import nimble.training.JobEvent;
import nimble.training.fault.Fault;
import nimble.types.Address;
import nimble.types.JobId;
import nimble.types.Moment;
import org.junit.jupiter.api.Test;

/// The rule that the summary names.
final class DeviationTest {
  private static final Devnet DEVNET =
      Devnet.create(Bytes.utf8("somebody deviates"), 1, 2, 0, Parameters.devnet());
  private static final Address WHO = DEVNET.miners().get(1).address();

  private static String rule(Fault fault, List<ConvictedHost> hosts, JobEvent... events) {
    List<JobEntry> entries =
        List.of(events).stream()
            .map(event -> new JobEntry(new JobId(1), 0, new Moment(0, 1), event))
            .toList();
    Deviation told = Deviation.of(DEVNET, new JobHistory(entries), hosts, WHO, fault);
    assertEquals("miner1", told.node());
    assertEquals(fault.toString(), told.actor());
    return told.rule();
  }

  private static ConvictedHost convicted(Address who) {
    return ConvictedHost.newBuilder()
        .setMiner(AddressForm.TEST.show(who))
        .setReason("J26: audit 4: the row at position 9 is false")
        .build();
  }

  @Test
  void hostsAreMetByWhatTheirDeploymentSays() {
    assertEquals(
        "J26: audit 4: the row at position 9 is false: slashed",
        rule(Fault.SERVES_EIGHT_BITS, List.of(convicted(WHO))));
    Address other = DEVNET.miners().getFirst().address();
    assertEquals(
        "nothing was held against it", rule(Fault.CHOOSES_TOKENS, List.of(convicted(other))));
  }

  @Test
  void minersAndAuditorsByWhatTheirJobSays() {
    assertEquals(
        "J30: lost a dispute: forfeited 20 nim-units",
        rule(
            Fault.MAKES_IT_UP,
            List.of(),
            new AuditEvent.Forfeited(4, WHO, "J30: lost a dispute", 20)));
    assertEquals("nothing was held against it", rule(Fault.BIT_FLIP, List.of()));
  }

  @Test
  void onlyHostsAreWaitedFor() {
    assertEquals(
        List.of(AddressForm.TEST.show(WHO)),
        List.copyOf(DEVNET.with(0, Fault.SKIPS_WORK).with(1, Fault.WITHHOLDS_ROWS).hosts()));
  }
}

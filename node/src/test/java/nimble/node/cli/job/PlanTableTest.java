package nimble.node.cli.job;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import nimble.api.v1.AuditOption;
import nimble.api.v1.JobPlanView;
import nimble.api.v1.StagePlan;
import nimble.api.v1.StartView;
import nimble.genesis.Parameters;
import nimble.node.cli.console.Surroundings;
import org.junit.jupiter.api.Test;

/// What people see of a plan.
final class PlanTableTest {
  private static final Surroundings PLAIN =
      new Surroundings(Map.of(), Optional.empty(), InputStream.nullInputStream());

  private static StagePlan stage(int index, long bond) {
    return StagePlan.newBuilder()
        .setIndex(index)
        .addLayers("embedding")
        .setAuditRatePermille(85)
        .setAudits(3 * Parameters.NIM)
        .setAuditsLeast(Parameters.NIM)
        .setBond(bond)
        .setBondMost(20 * Parameters.NIM)
        .setEvidenceBytes(5 << 20)
        .build();
  }

  @Test
  void sayWhatRateBondAndWindowCost() {
    JobPlanView plan =
        JobPlanView.newBuilder()
            .addStages(stage(0, 2 * Parameters.NIM))
            .addStages(stage(1, 20 * Parameters.NIM))
            .addAuditOptions(option(10, 1))
            .addAuditOptions(option(1_000, 100))
            .setWindowMillis(600_000)
            .build();
    String shown = PlanTable.show(plan, PLAIN);
    assertTrue(shown.contains("THIN BOND COSTS"), shown);
    assertTrue(shown.contains("2 NIM, none from 20 NIM on"), shown);
    assertTrue(shown.lines().anyMatch(line -> line.matches("1 +8.5 % +3 NIM +20 NIM +- +5 MiB")));
    assertTrue(shown.contains("at other rates: 1 % 1 NIM, 100 % 100 NIM"), shown);
    assertTrue(shown.contains("pay waits 600 s"), shown);
  }

  private static AuditOption option(int permille, long nim) {
    return AuditOption.newBuilder().setPermille(permille).setCost(nim * Parameters.NIM).build();
  }

  @Test
  void j42PlansSayWhereTheyStart() {
    StartView start = StartView.newBuilder().setJob(7).setRound(3).setSteps(40).build();
    String shown = PlanTable.show(JobPlanView.newBuilder().setStart(start).build(), PLAIN);
    assertTrue(shown.contains("goes on from job 7 after round 3, 40 steps"), shown);
  }

  @Test
  void impossiblePlansHaveNoSuchCosts() {
    assertFalse(PlanTable.show(JobPlanView.getDefaultInstance(), PLAIN).contains("BOND"));
  }
}

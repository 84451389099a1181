package nimble.node.cli.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import nimble.api.v1.ModelView;
import nimble.api.v1.Models;
import nimble.node.files.Mistake;
import nimble.training.spec.StartSpec;
import nimble.types.JobId;
import org.junit.jupiter.api.Test;

/// Which job is meant by what it is called.
final class TrainedJobTest {
  private static Models trained(String... names) {
    Models.Builder models = Models.newBuilder();
    for (String name : names) {
      models.addModels(
          ModelView.newBuilder().setName(name).setJob(10 - models.getModelsCount()).build());
    }
    return models.build();
  }

  private static void refused(Models trained, String words) {
    String said = assertThrows(Mistake.class, () -> TrainedJob.named(trained, "fox")).words();
    assertTrue(said.contains(words), said);
  }

  @Test
  void aNameOfOneJobAloneIsThatJob() throws Mistake {
    assertEquals(9, TrainedJob.named(trained("hen", "fox"), "fox"));
    refused(trained("hen"), "there is no model 'fox'");
  }

  @Test
  void j42AJobThatWentOnSaysFromWhere() {
    assertEquals("job 4 of tnim", TrainedJob.title(4, "tnim", Optional.empty()));
    StartSpec start = new StartSpec(new JobId(1), 19, 800);
    assertEquals(
        "job 4 of tnim, which went on from job 1 after its round 19 and 800 steps",
        TrainedJob.title(4, "tnim", Optional.of(start)));
  }

  /// Whoever calls a job as another one is called does not come before it.
  @Test
  void aNameOfMoreJobsIsAnErrorThatListsThem() {
    refused(trained("fox", "hen", "fox"), "jobs 10, 8");
    refused(trained("fox").toBuilder().setMore(true).build(), "older jobs");
  }
}

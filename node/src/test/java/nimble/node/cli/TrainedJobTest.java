package nimble.node.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import nimble.api.v1.ModelView;
import nimble.api.v1.Models;
import nimble.node.files.Mistake;
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

  /// Whoever calls a job as another one is called does not come before it.
  @Test
  void aNameOfMoreJobsIsAnErrorThatListsThem() {
    refused(trained("fox", "hen", "fox"), "jobs 10, 8");
    refused(trained("fox").toBuilder().setMore(true).build(), "older jobs");
  }
}

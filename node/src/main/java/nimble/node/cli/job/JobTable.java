package nimble.node.cli.job;

import nimble.api.v1.JobView;
import nimble.api.v1.StageView;
import nimble.node.cli.chain.Shown;
import nimble.node.cli.console.Surroundings;
import nimble.node.cli.console.Table;
import nimble.node.files.Amount;

/// A job for people.
final class JobTable {
  private JobTable() {}

  static String loss(float loss) {
    return Float.isNaN(loss) ? "-" : "%.4f".formatted(loss);
  }

  static String line(JobView job) {
    return "%-9s step %d/%d  rounds %d committed, %d settled  loss %s  validation %s%s"
        .formatted(
            job.getState(),
            job.getStepsDone(),
            job.getSteps(),
            job.getRoundsCommitted(),
            job.getRoundsSettled(),
            loss(job.getLastLoss()),
            loss(job.getValidationLoss()),
            job.getReason().isEmpty() ? "" : "  (" + job.getReason() + ")");
  }

  static String show(JobView job, Surroundings surroundings) {
    Table table =
        new Table("JOB " + job.getJob(), job.getName())
            .row(
                "state", job.getState() + (job.getReason().isEmpty() ? "" : ": " + job.getReason()))
            .row("sender", job.getSender())
            .row("steps", job.getStepsDone() + " of " + job.getSteps())
            .row(
                "rounds",
                "%d, %d committed, %d settled"
                    .formatted(job.getRounds(), job.getRoundsCommitted(), job.getRoundsSettled()))
            .row(
                "loss",
                "first %s, last %s, validation %s"
                    .formatted(
                        loss(job.getFirstLoss()),
                        loss(job.getLastLoss()),
                        loss(job.getValidationLoss())))
            .row("parameters", job.getParameters())
            .row("numeric classes", job.getClasses())
            .row("budget", Amount.withUnit(job.getBudget()))
            .row("paid", Amount.withUnit(job.getPaid()))
            .row("escrow", Amount.withUnit(job.getEscrow()))
            .row("strikes, rematches", job.getStrikes() + ", " + job.getRematches());
    if (job.hasStart()) {
      table.row("goes on from", StartChoice.show(job.getStart()));
    }
    Table stages = new Table("STAGE", "MINER", "PAID", "CLASS");
    for (StageView stage : job.getStagesList()) {
      stages.row(
          stage.getIndex(),
          stage.getMiner(),
          Amount.withUnit(stage.getPaid()),
          stage.getNumericClass());
    }
    return table.show(surroundings)
        + "\n"
        + stages.show(surroundings)
        + "\n"
        + Shown.metadata(new Table("ON CHAIN", ""), job.getMetadata()).show(surroundings);
  }
}

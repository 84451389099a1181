package nimble.node.cli.option;

import nimble.node.files.Mistake;
import nimble.types.JobId;

/// The number of a job or a deployment, as a command is given it.
public final class JobNumber {
  private JobNumber() {}

  /// Refuses what is no number of a job, before a node is asked.
  public static JobId of(long number) throws Mistake {
    return of("JOB", number);
  }

  /// The same, of a parameter with another label.
  public static JobId of(String label, long number) throws Mistake {
    if (number < 1) {
      throw Mistake.of("%s must be a number from 1 on, was %d", label, number);
    }
    return new JobId(number);
  }
}

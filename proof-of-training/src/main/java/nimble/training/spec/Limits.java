package nimble.training.spec;

/// Limits that are the same on every network (J2).
public final class Limits {
  /// Jobs that are not at their end, on the whole chain: a block looks at each.
  public static final int ACTIVE_JOBS_MAX = 256;

  /// Offers that matching looks at, the cheapest ones.
  public static final int OFFERS_MAX = 256;

  /// Strikes within [#STRIKE_EPOCHS] that exclude a miner from matching.
  public static final int STRIKES_MAX = 3;

  public static final int STRIKE_EPOCHS = 10;

  /// Two strikes of one stage within so many rounds of a job cost it the stage.
  public static final int STRIKE_ROUNDS = 1_000;

  /// Rounds of one job that may be begun anew: their slot charges are reserved.
  public static final int FAILURES_MAX = 16;

  /// Miners that may be replaced in one job: their slot charges are reserved.
  public static final int REMATCHES_MAX = 16;

  /// Rounds of one job whose windows are open; more wait.
  public static final int UNSETTLED_MAX = 256;

  /// Resume points of one job, those included whose checkpoints are awaited.
  public static final int RESUME_POINTS_MAX = UNSETTLED_MAX + 64;

  /// Blocks between two looks for somebody who takes a stage of a paused job.
  public static final int SEEK_BLOCKS = 8;

  /// Rounds of one job that one block settles.
  public static final int SETTLED_PER_BLOCK_MAX = 16;

  /// Committed gradients of one stage and round: what an auditor has to fetch.
  public static final long ROUND_GRADIENT_BYTES_MAX = 1L << 30;

  /// Training steps and validation batches of one round: what its index holds.
  public static final int ROUND_STEPS_MAX = 1 << 15;

  /// Micro-batches of one round, those of its validation included.
  public static final int ROUND_MICRO_BATCHES_MAX = 1 << 17;

  /// A round, or a probe, is late after this many times its metered length.
  public static final int ROUND_DUE_FACTOR = 3;

  /// Validators that an audit can hear.
  public static final int VALIDATORS_MAX = 256;

  /// Auditors of one stage: the first ones that join.
  public static final int AUDITORS_MAX = 16;

  /// Auditors of one audit, and the fewest with which a stage may run.
  public static final int AUDITORS_PER_AUDIT = 2;

  /// Open audits of one job; rounds wait while there are so many.
  public static final int AUDITS_OPEN_MAX = 1_024;

  private Limits() {}
}

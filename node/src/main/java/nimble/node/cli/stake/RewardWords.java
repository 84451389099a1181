package nimble.node.cli.stake;

import java.util.Locale;
import java.util.Optional;
import nimble.api.v1.AuditRateView;
import nimble.api.v1.IncomeView;
import nimble.api.v1.MoneyEpochView;
import nimble.api.v1.MoneyTerms;
import nimble.api.v1.RewardExplanation;
import nimble.api.v1.ValidatorReward;
import nimble.api.v1.WorkReward;
import nimble.node.cli.console.Surroundings;
import nimble.node.cli.console.Table;
import nimble.node.files.Amount;
import nimble.types.Math128;

/// An account's rewards for people: every term of every product, each division rounded down.
final class RewardWords {
  private static final int REWARDS_SHOWN = 4;
  private static final double PERCENT = 10.0;
  private static final double SECOND = 1_000.0;

  private final RewardExplanation told;
  private final MoneyTerms terms;
  private final Surroundings surroundings;

  RewardWords(RewardExplanation told, Surroundings surroundings) {
    this.told = told;
    this.terms = told.getTerms();
    this.surroundings = surroundings;
  }

  String show() {
    StringBuilder text = new StringBuilder(income(told.getIncome()));
    told.getAuditRatesList().forEach(rate -> text.append('\n').append(auditRate(rate)));
    told.getWorkList().stream()
        .limit(REWARDS_SHOWN)
        .forEach(work -> text.append('\n').append(work(work)));
    told.getValidatingList().stream()
        .limit(REWARDS_SHOWN)
        .forEach(reward -> text.append('\n').append(validating(reward)));
    return text.toString();
  }

  private String income(IncomeView income) {
    return new Table("REWARDS OF", told.getAddress())
        .row("pay for stages, net", Amount.withUnit(income.getWork()))
        .row("+ work emission", Amount.withUnit(income.getEmission()))
        .row("+ leading blocks", Amount.withUnit(income.getLeading()))
        .row("+ voting", Amount.withUnit(income.getVoting()))
        .row("+ audits, findings", Amount.withUnit(income.getAudits()))
        .row("+ delegations", Amount.withUnit(income.getDelegating()))
        .row("= paid", Amount.withUnit(income.getPaid()))
        .row("  still vesting", Amount.withUnit(income.getVesting()))
        .row("  in bond and stake", Amount.withUnit(income.getBonded()))
        .row("  lost to slashes", Amount.withUnit(income.getLost()))
        .show(surroundings);
  }

  private String work(WorkReward work) {
    Table table =
        new Table(
                "EPOCH %d, WORK".formatted(work.getEpoch()),
                "job %d, stage %d".formatted(work.getJob(), work.getStage()))
            .row(
                "operations",
                "%d, settled in %d rounds".formatted(work.getOperations(), work.getPayments()))
            .row("× price", price(work))
            .row("= gross", Amount.withUnit(work.getGross()) + ", each round's rounded down")
            .row(
                "- protocol fee",
                "%s, burned (%s)"
                    .formatted(
                        Amount.withUnit(work.getFee()), percent(terms.getProtocolFeePermille())))
            .row("= net", Amount.withUnit(work.getNet()));
    Optional<MoneyEpochView> epoch = epoch(work.getEpoch());
    epoch.ifPresent(it -> addWorkEmission(table, it));
    String emission = Amount.withUnit(work.getEmission());
    table.row(
        "emission",
        epoch.isEmpty()
            ? emission
            : "%s = %s × %s ÷ %s"
                .formatted(
                    emission,
                    Amount.show(epoch.get().getWorkEmission()),
                    Amount.show(work.getFee()),
                    Amount.show(epoch.get().getFees())));
    return table.show(surroundings);
  }

  private static String price(WorkReward work) {
    return work.getOperationsPerSecond() == 0
        ? "of a stage that it holds no more"
        : "%s an hour at %d operations a second"
            .formatted(Amount.withUnit(work.getPricePerHour()), work.getOperationsPerSecond());
  }

  private void addWorkEmission(Table table, MoneyEpochView epoch) {
    table
        .row("schedule", schedule(epoch))
        .row(
            "work emission",
            "%s = the lesser of %s (%s of it) and %s (%s of all fees, %s)"
                .formatted(
                    Amount.withUnit(epoch.getWorkEmission()),
                    Amount.show(epoch.getWork()),
                    percent(terms.getWorkSharePermille()),
                    Amount.show(burnedPart(epoch.getFees())),
                    percent(terms.getWorkFactorPermille()),
                    Amount.show(epoch.getFees())));
  }

  private long burnedPart(long fees) {
    return Math128.mulDiv(fees, terms.getWorkFactorPermille(), 1_000);
  }

  private String schedule(MoneyEpochView epoch) {
    return "%s = pool %s × ln 2 × %s s ÷ %s s"
        .formatted(
            Amount.withUnit(epoch.getSchedule()),
            Amount.show(epoch.getPool()),
            seconds(epoch.getElapsedMillis()),
            seconds(terms.getHalvingMillis()));
  }

  private String validating(ValidatorReward reward) {
    Table table = new Table("EPOCH %d, VALIDATING".formatted(reward.getEpoch()), "");
    Optional<MoneyEpochView> found = epoch(reward.getEpoch());
    if (found.isEmpty()) {
      return table
          .row("leading", Amount.withUnit(reward.getForLeading()))
          .row("voting", Amount.withUnit(reward.getForVoting()))
          .row("to its delegators", Amount.withUnit(reward.getToDelegators()))
          .show(surroundings);
    }
    MoneyEpochView epoch = found.get();
    return table
        .row("schedule", schedule(epoch))
        .row(
            "for all blocks",
            "%s (%s of it)"
                .formatted(
                    Amount.withUnit(epoch.getLeaders()), percent(terms.getLeaderSharePermille())))
        .row(
            "blocks",
            "%d of %d, with %s of all votes on average"
                .formatted(
                    reward.getBlocks(),
                    epoch.getBlocks(),
                    percent(reward.getVoteWeight() / Math.max(1, reward.getBlocks()))))
        .row(
            "leading",
            "%s = %s × %d ÷ (1000 × %d)"
                .formatted(
                    Amount.withUnit(reward.getForLeading()),
                    Amount.show(epoch.getLeaders()),
                    reward.getVoteWeight(),
                    epoch.getBlocks()))
        .row(
            "for all stake",
            "%s (%s of it)"
                .formatted(
                    Amount.withUnit(epoch.getValidators()),
                    percent(terms.getValidatorSharePermille())))
        .row(
            "voting",
            "%s = %s × stake %s ÷ %s × %d of %d views"
                .formatted(
                    Amount.withUnit(reward.getForVoting()),
                    Amount.show(epoch.getValidators()),
                    Amount.show(reward.getStake()),
                    Amount.show(epoch.getStake()),
                    reward.getSigned(),
                    epoch.getViews()))
        .row("to its delegators", Amount.withUnit(reward.getToDelegators()))
        .show(surroundings);
  }

  private String auditRate(AuditRateView rate) {
    return new Table("AUDITS OF", "job %d, stage %d".formatted(rate.getJob(), rate.getStage()))
        .row(
            "c: one step",
            "%s + emission %s"
                .formatted(
                    Amount.withUnit(rate.getStepPay()), Amount.withUnit(rate.getStepEmission())))
        .row("S: bond locked", Amount.withUnit(rate.getBond()))
        .row("U: unvested pay", Amount.withUnit(rate.getUnvested()))
        .row(
            "q = %d c ÷ (δ (S + U))".formatted(rate.getMargin()),
            "%s, between %s and %s; δ = %s"
                .formatted(
                    percent(rate.getRatePermille()),
                    percent(rate.getLeastPermille()),
                    percent(rate.getMostPermille()),
                    percent(rate.getDetectionPermille())))
        .row("q of this job", percent(rate.getMatchedPermille()) + ", fixed when matched")
        .show(surroundings);
  }

  private Optional<MoneyEpochView> epoch(long number) {
    return told.getEpochsList().stream().filter(it -> it.getNumber() == number).findFirst();
  }

  private static String percent(long permille) {
    return String.format(Locale.ROOT, "%.1f %%", permille / PERCENT);
  }

  private static String seconds(long millis) {
    return String.format(Locale.ROOT, "%.3f", millis / SECOND);
  }
}

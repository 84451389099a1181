package nimble.node.cli.chain;

import nimble.api.v1.CandidateView;

/// A validator's place, in words.
public final class ValidatorStanding {
  private ValidatorStanding() {}

  /// Such as 2.5 %.
  public static String commission(CandidateView candidate) {
    return "%.1f %%".formatted(candidate.getCommissionPermille() / 10.0);
  }

  /// Whether it stands for election, and whether it votes now and in the next epoch.
  public static String words(CandidateView candidate) {
    String standing =
        switch (candidate.getStanding()) {
          case "JAILED" -> "jailed, may unjail from epoch " + candidate.getJailedUntil();
          case "EXITED" -> "left";
          case "EXPELLED" ->
              "expelled for a double vote, which cost %.1f %% of its stake"
                  .formatted(candidate.getSlashedPermille() / 10.0);
          default -> "stands for election";
        };
    return "%s; %s now, %s in the next epoch"
        .formatted(standing, votes(candidate.getVotesNow()), votes(candidate.getVotesNext()));
  }

  private static String votes(boolean does) {
    return does ? "votes" : "does not vote";
  }
}

package nimble.genesis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import nimble.types.ChainId;
import nimble.types.Hash;
import nimble.types.Span;
import org.junit.jupiter.api.Test;

final class SoundnessTest {
  private static final long DAY = 24 * 3_600_000L;
  private static final Span LONG = new Span(10 * DAY, 1_000);
  private static final Parameters DEVNET = Parameters.devnet();

  private static Genesis genesis(String prefix, MoneyParameters money) {
    return new Genesis(
        new ChainId("test"), prefix, 0, Hash.ZERO, 0, DEVNET.with(money), List.of(), List.of());
  }

  private static MoneyParameters money(
      long factor, long halvingMillis, long leaderShare, Span vesting, Span unbonding) {
    return new MoneyParameters(
        1_000, 100, factor, halvingMillis, 700, leaderShare, 150, vesting, unbonding);
  }

  private static List<String> errors(String prefix, MoneyParameters money) {
    return genesis(prefix, money).errors().stream()
        .filter(error -> !error.startsWith("validators"))
        .toList();
  }

  @Test
  void g3TheDevnetIsValidAndSaysWhatItDoesNotKeep() {
    assertEquals(List.of(), errors("tnim", DEVNET.money()));
    assertEquals(
        List.of(
            "money.vesting (20000 ms) ends before window, audit, challenge and vote can (90000 ms)",
            "money.unbonding is not longer than two epochs"),
        genesis("tnim", DEVNET.money()).warnings());
  }

  @Test
  void g3OnTheMainNetworkTheseAreErrors() {
    assertEquals(2, errors("nim", DEVNET.money()).size());
    assertEquals(List.of(), genesis("nim", DEVNET.money()).warnings());
    assertEquals(List.of(), errors("nim", money(500, DAY, 150, LONG, LONG)));
    assertEquals(
        List.of("money.vesting is longer than money.unbonding"),
        errors("nim", money(500, DAY, 150, LONG, new Span(9 * DAY, 1_000))));
  }

  @Test
  void g3OnlyADevnetMayPayPeopleToTrainAgainstThemselves() {
    MoneyParameters generous = money(1_000, DAY, 150, LONG, LONG);
    String words = "money.workFactorPermille is 1000 or more: training against oneself pays";
    assertEquals(List.of(words), errors("nim", generous));
    assertEquals(List.of(), errors("tnim", generous));
    assertEquals(List.of(words), genesis("tnim", generous).warnings());
  }

  @Test
  void g4SharesAreAtMostTheSchedule() {
    assertTrue(
        errors("tnim", money(500, DAY, 151, LONG, LONG))
            .getFirst()
            .contains("1001 permille of the schedule"));
    assertEquals(
        List.of("money.halvingMillis must be 1 to 3162240000000, was 0"),
        errors("tnim", money(500, 0, 150, LONG, LONG)));
  }
}

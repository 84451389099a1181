package nimble.training;

import nimble.ledger.Escrows;

/// What a job must be able to pay, from one of its rounds on (J14, J27).
///
/// @param budget pay that is owed, pay and charges to come
/// @param audits what the audits to come may cost
record Money(long budget, long audits) {
  private static final long MORE_THAN_THERE_IS = Long.MAX_VALUE / 4;

  /// From where the job is.
  static Money of(Turn turn) {
    return of(turn, turn.job().progress().round());
  }

  /// If it went back to the start of `round`.
  static Money of(Turn turn, int round) {
    try {
      long toCome = Costs.from(turn.job(), round, turn.context().parameters());
      return new Money(
          Math.addExact(Lineage.owed(turn), toCome),
          Costs.auditsFrom(turn.job(), round, turn.context().parameters()));
    } catch (ArithmeticException e) {
      return new Money(MORE_THAN_THERE_IS, 0);
    }
  }

  /// With another miner, who accepts and shows its class.
  Money withEntrance(Turn turn) {
    return new Money(budget + Costs.entrance(turn.context().parameters()), audits);
  }

  static long budget(Turn turn) {
    return Escrows.get(turn.state(), turn.job().id()).orElseThrow().budget();
  }

  /// How much more it is than `other`.
  long beyond(Money other) {
    return Math.max(0, budget - other.budget + audits - other.audits);
  }

  boolean isEnough(Turn turn) {
    return budget(turn) >= budget;
  }

  /// What is left beside it.
  long spare(Turn turn) {
    return budget(turn) - budget;
  }
}

package nimble.ledger;

import nimble.chain.StageSlot;
import nimble.chain.WorkCall;

/// The slot that one work call fills: of calls with the same key a chain holds one.
record SlotKey(StageSlot slot, Kind kind, int round, int attempt) implements Comparable<SlotKey> {
  enum Kind {
    ACCEPT("accept"),
    CLASS_OPEN("class"),
    COMMIT("commitment"),
    CHECKPOINT("checkpoint");

    private final String word;

    Kind(String word) {
      this.word = word;
    }
  }

  static SlotKey of(WorkCall call) {
    return switch (call) {
      case WorkCall.JobAccept accept -> new SlotKey(accept.slot(), Kind.ACCEPT, 0, 0);
      case WorkCall.ClassOpen open -> new SlotKey(open.slot(), Kind.CLASS_OPEN, 0, 0);
      case WorkCall.RoundCommit commit ->
          new SlotKey(commit.slot(), Kind.COMMIT, commit.round(), commit.attempt());
      case WorkCall.CheckpointRecord checkpoint ->
          new SlotKey(checkpoint.slot(), Kind.CHECKPOINT, checkpoint.round(), 0);
    };
  }

  @Override
  public int compareTo(SlotKey other) {
    int bySlot = slot.compareTo(other.slot);
    int byRound = Integer.compare(round, other.round);
    int byAttempt = Integer.compare(attempt, other.attempt);
    return bySlot != 0
        ? bySlot
        : byRound != 0 ? byRound : byAttempt != 0 ? byAttempt : kind.compareTo(other.kind);
  }

  @Override
  public String toString() {
    return "%s of %s, round %d".formatted(kind.word, slot, round);
  }
}

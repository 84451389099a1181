package nimble.training;

import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Address;
import nimble.types.Hash;

/// Something that happened to a job (J11). Amounts are nim-units, rounds and stages count from 0.
public sealed interface JobEvent
    permits AuditEvent,
        JobEvent.Submitted,
        JobEvent.Matched,
        JobEvent.Accepted,
        JobEvent.ClassOpened,
        JobEvent.Started,
        JobEvent.RoundCommitted,
        JobEvent.RoundFailed,
        JobEvent.RollCalled,
        JobEvent.Struck,
        JobEvent.Paused,
        JobEvent.Resumed,
        JobEvent.CheckpointRecorded,
        JobEvent.RoundSettled,
        JobEvent.Paid,
        JobEvent.ToppedUp,
        JobEvent.CancelAsked,
        JobEvent.Settling,
        JobEvent.Ended {
  int REASON_MAX = JobStatus.REASON_MAX;

  void write(Writer writer);

  record Submitted(Address sender, Hash spec, long budget) implements JobEvent {
    @Override
    public void write(Writer writer) {
      sender.write(writer.u8(1));
      spec.write(writer);
      writer.i64(budget);
    }
  }

  /// A stage went to a miner, at first or anew.
  record Matched(int stage, Address miner, long offer, long pricePerHour) implements JobEvent {
    @Override
    public void write(Writer writer) {
      miner.write(writer.u8(2).u8(stage));
      writer.i64(offer).i64(pricePerHour);
    }
  }

  record Accepted(int stage, Address miner) implements JobEvent {
    @Override
    public void write(Writer writer) {
      miner.write(writer.u8(3).u8(stage));
    }
  }

  record ClassOpened(int stage, Hash numericClass) implements JobEvent {
    @Override
    public void write(Writer writer) {
      numericClass.write(writer.u8(4).u8(stage));
    }
  }

  /// The first round begins.
  record Started(int rounds) implements JobEvent {
    @Override
    public void write(Writer writer) {
      writer.u8(5).u32(rounds);
    }
  }

  /// All stages committed to a round, and their edges agree.
  ///
  /// @param roots Merkle root over the stages' [RoundRoots]
  record RoundCommitted(int round, Hash roots, Losses losses) implements JobEvent {
    @Override
    public void write(Writer writer) {
      roots.write(writer.u8(6).u32(round));
      losses.write(writer);
    }
  }

  /// A round counted for nobody.
  record RoundFailed(int round, int attempt, String reason) implements JobEvent {
    @Override
    public void write(Writer writer) {
      writer.u8(7).u32(round).u32(attempt).string(reason, REASON_MAX);
    }
  }

  record Struck(int stage, Address miner, String reason) implements JobEvent {
    @Override
    public void write(Writer writer) {
      miner.write(writer.u8(8).u8(stage));
      writer.string(reason, REASON_MAX);
    }
  }

  record Paused(String reason) implements JobEvent {
    @Override
    public void write(Writer writer) {
      writer.u8(9).string(reason, REASON_MAX);
    }
  }

  record Resumed() implements JobEvent {
    @Override
    public void write(Writer writer) {
      writer.u8(10);
    }
  }

  record CheckpointRecorded(int stage, int round, Hash manifest) implements JobEvent {
    @Override
    public void write(Writer writer) {
      manifest.write(writer.u8(11).u8(stage).u32(round));
    }
  }

  /// A round's window closed: its pay is no longer contested.
  record RoundSettled(int round, Losses losses) implements JobEvent {
    @Override
    public void write(Writer writer) {
      losses.write(writer.u8(12).u32(round));
    }
  }

  /// For a settled round; `net` begins to vest, `fee` is burned.
  record Paid(int stage, Address miner, int round, long operations, long net, long fee)
      implements JobEvent {
    @Override
    public void write(Writer writer) {
      miner.write(writer.u8(13).u8(stage));
      writer.u32(round).i64(operations).i64(net).i64(fee);
    }
  }

  record ToppedUp(Address sender, long amount) implements JobEvent {
    @Override
    public void write(Writer writer) {
      sender.write(writer.u8(14));
      writer.i64(amount);
    }
  }

  /// Its sender wants no further rounds.
  record CancelAsked() implements JobEvent {
    @Override
    public void write(Writer writer) {
      writer.u8(15);
    }
  }

  /// No further rounds: it becomes `ending` when everything is settled.
  record Settling(JobState ending, String reason) implements JobEvent {
    @Override
    public void write(Writer writer) {
      writer.u8(16).u8(ending.tag()).string(reason, REASON_MAX);
    }
  }

  /// The end: the rest of the escrow went back to the sender.
  record Ended(JobState state, long refund) implements JobEvent {
    @Override
    public void write(Writer writer) {
      writer.u8(17).u8(state.tag()).i64(refund);
    }
  }

  /// Whoever holds a stage has to accept again, or loses it.
  record RollCalled(int round) implements JobEvent {
    @Override
    public void write(Writer writer) {
      writer.u8(18).u32(round);
    }
  }

  static JobEvent read(Reader reader) throws Malformed {
    int tag = reader.u8();
    return switch (tag) {
      case 1 -> new Submitted(Address.read(reader), Hash.read(reader), reader.i64());
      case 2 -> new Matched(reader.u8(), Address.read(reader), reader.i64(), reader.i64());
      case 3 -> new Accepted(reader.u8(), Address.read(reader));
      case 4 -> new ClassOpened(reader.u8(), Hash.read(reader));
      case 5 -> new Started(number(reader));
      case 6 -> new RoundCommitted(number(reader), Hash.read(reader), Losses.read(reader));
      case 7 -> new RoundFailed(number(reader), number(reader), reader.string(REASON_MAX));
      case 8 -> new Struck(reader.u8(), Address.read(reader), reader.string(REASON_MAX));
      case 9 -> new Paused(reader.string(REASON_MAX));
      case 10 -> new Resumed();
      case 11 -> new CheckpointRecorded(reader.u8(), number(reader), Hash.read(reader));
      case 12 -> new RoundSettled(number(reader), Losses.read(reader));
      case 13 ->
          new Paid(
              reader.u8(),
              Address.read(reader),
              number(reader),
              reader.i64(),
              reader.i64(),
              reader.i64());
      case 14 -> new ToppedUp(Address.read(reader), reader.i64());
      case 15 -> new CancelAsked();
      case 16 -> new Settling(JobState.of(reader.u8()), reader.string(REASON_MAX));
      case 17 -> new Ended(JobState.of(reader.u8()), reader.i64());
      case 18 -> new RollCalled(number(reader));
      default -> AuditEvent.read(tag, reader);
    };
  }

  private static int number(Reader reader) throws Malformed {
    return reader.length(Integer.MAX_VALUE);
  }
}

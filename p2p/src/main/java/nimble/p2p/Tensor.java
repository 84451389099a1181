package nimble.p2p;

import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.JobId;

/// Numbers that cross between the parties of a job: raw little-endian bytes under a name that makes
/// a resend harmless. Large ones travel as `TENSOR` on the bulk lane, a few scalars (squared norms)
/// as `SCALARS` on control.
public record Tensor(Name name, Bytes data) {
  public static final int DATA_MAX = Kind.TENSOR.sizeMax() - Name.SIZE;

  public Tensor {
    Invariant.check(data.size() <= DATA_MAX, "tensor of %d bytes", data.size());
  }

  /// Which way a tensor crosses.
  public enum Direction {
    /// Activations, to the next stage.
    DOWN(1),
    /// Gradients, to the stage before.
    UP(2),
    /// Between replicas of a stage, or to every stage.
    ACROSS(3);

    private final int code;

    Direction(int code) {
      this.code = code;
    }

    private static Direction of(int code) throws Malformed {
      return switch (code) {
        case 1 -> DOWN;
        case 2 -> UP;
        case 3 -> ACROSS;
        default -> throw new Malformed("direction %d".formatted(code));
      };
    }
  }

  /// `stage` is the sender's.
  public record Name(
      JobId job, long round, long step, int microBatch, int stage, Direction direction) {
    static final int SIZE = 8 + 8 + 8 + 4 + 2 + 1;

    public Name {
      Invariant.check(
          round >= 0 && step >= 0 && microBatch >= 0 && stage >= 0 && stage <= 0xffff,
          "round %d, step %d, micro-batch %d, stage %d",
          round,
          step,
          microBatch,
          stage);
    }

    void write(Writer writer) {
      job.write(writer);
      writer.i64(round).i64(step).u32(microBatch).u16(stage).u8(direction.code);
    }

    static Name read(Reader reader) throws Malformed {
      JobId job = JobId.read(reader);
      long round = reader.i64();
      long step = reader.i64();
      int microBatch = reader.length(Integer.MAX_VALUE);
      return new Name(job, round, step, microBatch, reader.u16(), Direction.of(reader.u8()));
    }
  }

  public Message message(Kind kind) {
    Invariant.check(kind == Kind.TENSOR || kind == Kind.SCALARS, "tensor as %s", kind);
    return new Message(kind, Bytes.concat(Writer.encode(name::write), data));
  }

  public static Tensor decode(Message message) throws Malformed {
    Reader reader = new Reader(message.payload());
    Name name = Name.read(reader);
    return new Tensor(name, reader.fixed(reader.remaining()));
  }
}

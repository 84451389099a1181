package nimble.training.role;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.blob.Blob;
import nimble.blob.Shards;
import nimble.chain.AuditId;
import nimble.chain.Verdict;
import nimble.codec.Bytes;
import nimble.training.dispute.Move;
import nimble.training.role.evidence.RoundIndex;
import nimble.training.role.evidence.RoundResult;
import nimble.training.role.evidence.StateBlob;
import nimble.types.Hash;
import nimble.vm.audit.Projection;
import nimble.vm.generation.Replay;
import nimble.vm.generation.Row;

/// What a [Task] came to.
public sealed interface Outcome {
  /// The measured numeric class of the stage's program.
  record Probed(Hash numericClass) implements Outcome {}

  /// The stage stands at the start of `round`.
  record Ready(int round) implements Outcome {}

  /// The state at the start of `round` is not in memory.
  record Absent(int round) implements Outcome {}

  /// A micro-batch went forwards; the last stage's output is empty.
  record Forwarded(int microBatch, Bytes output) implements Outcome {}

  /// A micro-batch went backwards.
  ///
  /// @param inputGradient empty on the first stage
  record Backed(int microBatch, Bytes inputGradient) implements Outcome {}

  /// The step's gradient is summed and rounded.
  ///
  /// @param normBits its squared norm, bits of fp64; not a number when anything in the step was not
  ///   finite
  record Summed(long normBits) implements Outcome {}

  /// The step is taken.
  ///
  /// @param lossBits its mean loss, bits of fp32, on the last stage
  record Stepped(OptionalInt lossBits) implements Outcome {}

  /// Tensors that crossed the edges and gradients have their names.
  ///
  /// @param blobs to be kept
  /// @param all nothing is left without a name
  record WrittenUp(List<Blob> blobs, boolean all) implements Outcome {
    public WrittenUp {
      blobs = List.copyOf(blobs);
    }
  }

  /// The round's books are closed.
  ///
  /// @param state at its end
  record Rounded(RoundResult roots, RoundIndex index, StateBlob state) implements Outcome {}

  /// The stage's state.
  record Exported(StateBlob state) implements Outcome {}

  /// A step of an earlier round was done again.
  ///
  /// @param right it came out as it was committed to
  record Reviewed(AuditId audit, boolean right) implements Outcome {}

  /// Positions of a row went through the stage.
  record Decoded(DecodeTensor tensor, Bytes output) implements Outcome {}

  /// The row could not go on.
  record DecodeRefused(DecodeTensor tensor, String reason) implements Outcome {}

  /// Turns of several rows, in the order in which they were given.
  record Turned(List<Outcome> turns) implements Outcome {
    public Turned {
      turns = List.copyOf(turns);
    }
  }

  /// A row went through the stage once more.
  ///
  /// @param input what the stage was given of it
  /// @param output empty on the last stage
  record Replayed(DecodeTensor tensor, Row row, Bytes input, Bytes output, Replay replay)
      implements Outcome {}

  /// What became of the evidence of an audit.
  sealed interface OfAudit extends Outcome {
    AuditId audit();
  }

  /// The audited step is redone.
  ///
  /// @param answer of proof of training, section 5
  /// @param projection of what it answers for, where the audit is heard across classes
  /// @param reason what differs; empty when nothing does
  /// @param operations that it took, by metering
  /// @param direction in which the miner is off, where that is sketched (R22)
  record Redone(
      AuditId audit,
      Verdict verdict,
      Hash answer,
      Optional<Projection> projection,
      String reason,
      long operations,
      Optional<Bytes> direction)
      implements OfAudit {
    /// Not sketched.
    public Redone(
        AuditId audit,
        Verdict verdict,
        Hash answer,
        Optional<Projection> projection,
        String reason,
        long operations) {
      this(audit, verdict, answer, projection, reason, operations, Optional.empty());
    }
  }

  /// What to say next in a dispute.
  ///
  /// @param number of moves before it
  /// @param move empty when there is nothing to say
  record Played(AuditId audit, int number, Optional<Move> move) implements OfAudit {}

  /// The exact parts of a disputed step, as one root.
  record Examined(AuditId audit, Hash subject) implements OfAudit {}

  /// The data of a challenged audit was put together from its shards, and is what was committed to.
  ///
  /// @param blobs by manifest
  record Rebuilt(AuditId audit, RoundIndex index, SortedMap<Hash, Bytes> blobs) implements OfAudit {
    public Rebuilt {
      blobs = Collections.unmodifiableSortedMap(new TreeMap<>(blobs));
    }
  }

  /// What validators hold shards of is not the data that was committed to.
  record Withheld(AuditId audit, String reason) implements OfAudit {}

  /// The bundle of an audit is cut into shards.
  record Cut(AuditId audit, Shards.Cut shards) implements Outcome {}

  /// The evidence is not what was committed to.
  record Unusable(AuditId audit, String reason) implements OfAudit {}

  /// Whether the checkpoint of a group is the state that was committed to.
  record StateChecked(String group, boolean right) implements Outcome {}

  /// How the base comes along.
  sealed interface OfBase extends Outcome {
    /// Why it is no base of the model; empty when it is.
    String problem();
  }

  /// The base is described.
  ///
  /// @param parts ids of the blobs that the stage needs
  record BaseBegun(List<Hash> parts, String problem) implements OfBase {
    public BaseBegun {
      parts = List.copyOf(parts);
    }
  }

  /// A part of the base is taken.
  record BaseTaken(String problem) implements OfBase {}

  /// The stage's memory is given back.
  record Closed() implements Outcome {}
}

package nimble.training.role.serving;

import nimble.blob.Blob;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.training.role.Outcome;
import nimble.vm.generation.Replay;
import nimble.vm.generation.Row;

/// All that an audit of one row takes (R31): what the gateway promised for it, what the host said
/// of it, the row, and what the stage was given.
///
/// @param input vectors of its positions; of the first stage empty, for there the row says it
public record RowEvidence(SignedPromise promise, Replay replay, Row row, Bytes input) {
  static RowEvidence of(SignedPromise promise, Outcome.Replayed said, boolean takesTokens) {
    return new RowEvidence(
        promise, said.replay(), said.row(), takesTokens ? Bytes.EMPTY : said.input());
  }

  /// What the stage was given.
  public Bytes given(boolean takesTokens) {
    return takesTokens ? row.input() : input;
  }

  Blob blob() {
    return Blob.of(Writer.encode(this::write));
  }

  void write(Writer writer) {
    promise.write(writer);
    replay.write(writer);
    row.write(writer);
    writer.raw(input);
  }

  public static RowEvidence read(Reader reader) throws Malformed {
    return new RowEvidence(
        SignedPromise.read(reader),
        Replay.read(reader),
        Row.read(reader),
        reader.fixed(reader.remaining()));
  }
}

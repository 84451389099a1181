package nimble.vm.text;

import java.util.List;
import java.util.Optional;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Hash;

/// How a model reads and writes text, by content (X5).
///
/// @param tokenizer blob of its `tokenizer.json`
/// @param template how it was taught conversations; empty where nobody said
/// @param ends tokens of which any ends an answer
public record TextForm(Hash tokenizer, Optional<ChatTemplate> template, List<Integer> ends) {
  public static final int ENDS_MAX = 32;

  /// Of the record's own encoding.
  public static final int BYTES_MAX = 256;

  private static final int VERSION = 1;
  private static final int WORD_MAX = 16;

  public TextForm {
    ends = List.copyOf(ends);
  }

  public Bytes encode() {
    return Writer.encode(this::write);
  }

  public static TextForm decode(Bytes bytes) throws Malformed {
    return Reader.decode(bytes, TextForm::read);
  }

  public void write(Writer writer) {
    tokenizer.write(writer.u8(VERSION));
    writer.optional(template, (chosen, to) -> to.string(chosen.word(), WORD_MAX));
    writer.list(ends, ENDS_MAX, (id, to) -> to.u32(id));
  }

  public static TextForm read(Reader reader) throws Malformed {
    reader.version(VERSION);
    return new TextForm(
        Hash.read(reader),
        reader.optional(TextForm::template),
        reader.list(ENDS_MAX, from -> from.length(Integer.MAX_VALUE)));
  }

  private static ChatTemplate template(Reader reader) throws Malformed {
    String word = reader.string(WORD_MAX);
    return ChatTemplate.ofWord(word).orElseThrow(() -> new Malformed("template " + word));
  }
}

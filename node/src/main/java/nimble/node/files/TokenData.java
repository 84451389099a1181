package nimble.node.files;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import nimble.codec.Malformed;
import nimble.vm.Layer;
import nimble.vm.ModelSpec;
import nimble.vm.data.DataForm;
import nimble.vm.djl.DjlTokenizer;
import nimble.vm.hf.ChatTemplates;
import nimble.vm.hf.InstructionFile;
import nimble.vm.hf.Lines;
import nimble.vm.hf.SmallFiles;
import nimble.vm.tensor.LittleEndian;
import nimble.vm.text.ByteTokenizer;
import nimble.vm.text.ChatTemplate;
import nimble.vm.text.ChatTemplate.Piece;
import nimble.vm.text.Packing;
import nimble.vm.text.TextBlocks;
import nimble.vm.text.Tokenizer;

/// Text as token ids, made before it is sent: conversations, of which answers count (X3, X4), or a
/// text of which every token counts.
///
/// @param instructions lines of JSON, not one text
/// @param template how conversations are written down; empty for the tokenizer's own, or plain
/// @param tokenizer a folder with a `tokenizer.json`; empty for bytes
record TokenData(
    Path path, boolean instructions, Optional<ChatTemplate> template, Optional<Path> tokenizer)
    implements DataSource {
  /// Of a line of plain text, in bytes: it is made into ids at once.
  private static final int LINE_MAX = 1 << 24;

  @Override
  public DataForm form() {
    return DataForm.EXAMPLES;
  }

  @Override
  public long rows(ModelSpec model) throws Mistake, IOException {
    return pack(model, _ -> {});
  }

  @Override
  public void write(RowWriter to) throws Mistake, IOException {
    long _ =
        pack(
            to.model(),
            row -> {
              for (int word : LittleEndian.ints(row.bytes())) {
                to.id(word);
              }
              to.end();
            });
  }

  private interface Sink {
    void take(Packing.Row row) throws Mistake, IOException;
  }

  /// Gives rows on as they become full: no more of them than that is ever in memory.
  ///
  /// @return how many there are
  private long pack(ModelSpec model, Sink to) throws Mistake, IOException {
    try (Tokenizer words = open()) {
      Packing packing = new Packing(words, model.context());
      Sink known = known(model, to);
      if (instructions) {
        conversations(chosen(words), packing, known);
      } else {
        text(words, packing, known);
      }
      give(packing.finish(), known);
      if (packing.rows() == 0) {
        throw Mistake.of(
            "%s: nothing to train on: no %s tokens, the model.context; give it a %s one",
            path,
            (instructions ? "answer begins within " : "row of ") + model.context(),
            instructions ? "longer" : "shorter");
      }
      return packing.rows();
    } catch (Malformed e) {
      throw new Mistake(e.reason());
    } catch (NoSuchFileException e) {
      throw Mistake.of("%s does not exist", path);
    }
  }

  private static void give(List<Packing.Row> rows, Sink to) throws Mistake, IOException {
    for (Packing.Row row : rows) {
      to.take(row);
    }
  }

  private Tokenizer open() throws Mistake, Malformed, IOException {
    if (tokenizer.isEmpty()) {
      return new ByteTokenizer();
    }
    Path file = tokenizer.get().resolve(ImportedModel.TOKENIZER);
    return DjlTokenizer.of(SafeFile.readBytes(file, DjlTokenizer.FILE_BYTES_MAX));
  }

  private ChatTemplate chosen(Tokenizer words) throws Mistake, Malformed, IOException {
    Optional<ChatTemplate> own =
        template.isEmpty() && tokenizer.isPresent()
            ? ChatTemplates.of(SmallFiles.in(tokenizer.get()))
            : template;
    ChatTemplate chosen = own.orElse(ChatTemplate.PLAIN);
    List<String> missing = chosen.missing(words);
    if (!missing.isEmpty()) {
      throw Mistake.of(
          "data.chatTemplate must be one whose tokens the tokenizer has: it has no %s, which %s"
              + " needs",
          String.join(", ", missing), chosen.word());
    }
    return chosen;
  }

  private void conversations(ChatTemplate template, Packing packing, Sink to)
      throws Mistake, Malformed, IOException {
    try (InstructionFile file = InstructionFile.open(path, template)) {
      for (var next = file.next(); next.isPresent(); next = file.next()) {
        add(packing, next.get(), file.where());
        give(packing.take(), to);
      }
    }
  }

  private static void add(Packing packing, List<Piece> conversation, String where)
      throws Malformed {
    try {
      packing.add(conversation);
    } catch (Malformed e) {
      throw new Malformed("%s: %s".formatted(where, e.reason()));
    }
  }

  /// X7.
  private void text(Tokenizer words, Packing packing, Sink to)
      throws Mistake, Malformed, IOException {
    try (Lines lines = Lines.of(path, LINE_MAX)) {
      TextBlocks blocks = new TextBlocks();
      List<Integer> ids = new ArrayList<>();
      String before = "";
      for (var line = lines.next(); ; line = lines.next()) {
        Optional<String> block = line.isPresent() ? blocks.add(line.get()) : blocks.rest();
        if (block.isPresent()) {
          ids.addAll(ids(words, before, block.get(), lines.where()));
          before = "\n";
          packing.stream(ids);
          give(packing.take(), to);
        }
        if (line.isEmpty()) {
          return;
        }
      }
    }
  }

  private static List<Integer> ids(Tokenizer words, String before, String block, String where)
      throws Malformed {
    try {
      return words.encodeBehind(before, block);
    } catch (Malformed e) {
      throw new Malformed("%s, in the lines before: %s".formatted(where, e.reason()));
    }
  }

  /// Refuses ids that the model does not know.
  private Sink known(ModelSpec model, Sink to) {
    int known =
        model.layers().getFirst() instanceof Layer.Embedding embedding ? embedding.vocabulary() : 0;
    return row -> {
      int largest = Arrays.stream(LittleEndian.ints(row.bytes())).max().orElse(0);
      if (largest >= known) {
        throw Mistake.of(
            "model.vocabulary must be more than %d, an id that %s gives, was %d",
            largest, tokenizer.map(Path::toString).orElse("a byte"), known);
      }
      to.take(row);
    };
  }
}

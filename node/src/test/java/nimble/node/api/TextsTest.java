package nimble.node.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import nimble.blob.Blob;
import nimble.blob.Manifest;
import nimble.codec.Bytes;
import nimble.node.loop.Inbox;
import nimble.node.loop.Owner;
import nimble.node.work.Blobs;
import nimble.node.work.GatewayOwner;
import nimble.training.role.serving.GatewayInput;
import nimble.types.Hash;
import nimble.types.JobId;
import nimble.vm.BaseModel;
import nimble.vm.generation.Sampling;
import nimble.vm.template.Gpt;
import nimble.vm.tensor.Storage;
import nimble.vm.text.ChatTemplate;
import nimble.vm.text.Message;
import nimble.vm.text.TextForm;
import org.junit.jupiter.api.Test;

/// Answers of models that have a tokenizer of their own.
final class TextsTest {
  /// Words, and the bytes of an é, as Llama's tokenizer has them.
  private static final Bytes TOKENIZER =
      Bytes.utf8(
          """
          {"version":"1.0","truncation":null,"padding":null,
           "added_tokens":[{"id":1,"content":"</s>","single_word":false,"lstrip":false,
             "rstrip":false,"normalized":false,"special":true},
            {"id":8,"content":"<|im_start|>","single_word":false,"lstrip":false,
             "rstrip":false,"normalized":false,"special":true},
            {"id":9,"content":"<|im_end|>","single_word":false,"lstrip":false,
             "rstrip":false,"normalized":false,"special":true}],
           "normalizer":null,"pre_tokenizer":null,"post_processor":null,
           "decoder":{"type":"Sequence","decoders":[{"type":"ByteFallback"},{"type":"Fuse"}]},
           "model":{"type":"BPE","dropout":null,"unk_token":null,"continuing_subword_prefix":null,
            "end_of_word_suffix":null,"fuse_unk":false,"byte_fallback":true,"ignore_merges":false,
            "vocab":{"<0xC3>":0,"</s>":1,"<0xA9>":2,"a":3,"b":4,"ab":5,"\\n":6,"us":7,
             "<|im_start|>":8,"<|im_end|>":9,"u":10,"s":11},
            "merges":["a b"]}}
          """);

  private final SortedMap<Hash, Bytes> blobs = new TreeMap<>();
  private final List<GatewayOwner.Reader> readers = new ArrayList<>();
  private final List<GatewayOwner.Reader> cancelled = new ArrayList<>();
  private final Gateway gateway = new Gateway();
  private final Texts texts =
      new Texts(
          new Blobs() {
            @Override
            public void fetch(Hash manifest, long bytesMax, Consumer<Fetched> done) {
              Bytes found = blobs.get(manifest);
              done.accept(
                  found != null && found.size() <= bytesMax
                      ? new Fetched.Whole(found)
                      : new Fetched.Failed("nowhere"));
            }

            @Override
            public void store(Manifest manifest, List<Bytes> chunks, Runnable done) {
              throw new AssertionError("who reads texts stores nothing");
            }
          });

  private Hash put(Bytes bytes) {
    Hash id = Blob.of(bytes).id();
    blobs.put(id, bytes);
    return id;
  }

  private TextCodec said(Optional<ChatTemplate> template, List<Integer> ends) throws Exception {
    TextForm form = new TextForm(put(TOKENIZER), template, ends);
    return texts.of(new Texts.Source.Said(put(form.encode())));
  }

  @Test
  void aModelReadsAsItWasPublished() throws Exception {
    TextCodec codec = said(Optional.of(ChatTemplate.CHATML), List.of(1, 9));
    assertEquals(List.of(5, 0, 2), codec.prompt("abé"));
    assertEquals(new TreeSet<>(List.of(1, 9)), codec.ends());
    List<Integer> dialogue =
        codec.dialogue(List.of(new Message(Message.Role.USER, "ab"), bot("b")));
    assertEquals(2, dialogue.stream().filter(id -> id == 9).count());
    assertEquals(3, dialogue.stream().filter(id -> id == 8).count());
    assertSame(codec, said(Optional.of(ChatTemplate.CHATML), List.of(1, 9)));
    assertEquals(List.of(), codec.stops(List.of()));
    assertEquals(List.of("x", "\nUser:"), said(Optional.empty(), List.of()).stops(List.of("x")));
  }

  private static Message bot(String content) {
    return new Message(Message.Role.ASSISTANT, content);
  }

  @Test
  void whatCameWithABaseIsReadWhereNothingElseIsSaid() throws Exception {
    TreeMap<String, Hash> files = new TreeMap<>();
    files.put("config.json", put(Bytes.utf8("{\"eos_token_id\": [1, 9]}")));
    Texts.Source bytes = new Texts.Source.OfBase(put(base(files).encode()));
    assertSame(TextCodec.BYTES, texts.of(bytes));
    files.put("tokenizer.json", put(TOKENIZER));
    files.put("chat_template.jinja", put(Bytes.utf8("{{ '<|im_start|>' }}")));
    TextCodec codec = texts.of(new Texts.Source.OfBase(put(base(files).encode())));
    assertEquals(new TreeSet<>(List.of(1, 9)), codec.ends());
    assertEquals(ChatTemplate.CHATML, codec.template());
  }

  private static BaseModel base(SortedMap<String, Hash> files) {
    return BaseModel.pack(
        "b", new Gpt(12, 8, 1, 1, 8, false).spec(), Storage.FP32, files, (_, _) -> {}, _ -> {});
  }

  /// And is asked for again the next time.
  @Test
  void whatCannotBeHadIsSaid() throws Exception {
    Texts.Source missing = new Texts.Source.Said(Blob.of(Bytes.utf8("x")).id());
    String reason = assertThrows(Texts.Unavailable.class, () -> texts.of(missing)).getMessage();
    assertEquals("the model's tokenizer cannot be had: nowhere", reason);
    TextForm form = new TextForm(put(TOKENIZER), Optional.empty(), List.of());
    Texts.Source later = new Texts.Source.Said(Blob.of(form.encode()).id());
    assertThrows(Texts.Unavailable.class, () -> texts.of(later));
    put(form.encode());
    assertEquals(List.of(3), texts.of(later).prompt("a"));
    Texts.Source wrong = new Texts.Source.Said(put(Bytes.utf8("no form")));
    assertThrows(Texts.Unavailable.class, () -> texts.of(wrong));
  }

  /// W7: whoever publishes names what blobs he likes.
  @Test
  void whatIsLargerThanItsKindIsNotEvenFetched() throws Exception {
    Hash large = put(Bytes.wrap(new byte[BaseModel.BYTES_MAX + 1]));
    List<Texts.Source> bad = List.of(new Texts.Source.Said(large), new Texts.Source.OfBase(large));
    for (Texts.Source source : bad) {
      String reason = assertThrows(Texts.Unavailable.class, () -> texts.of(source)).getMessage();
      assertEquals("the model's tokenizer cannot be had: nowhere", reason);
    }
  }

  /// What a client gets for these tokens.
  private record Answered(List<String> pieces, TextAnswer.Ending ending, TextAnswer.Usage usage) {}

  private Question question(List<String> stops) throws Exception {
    TextCodec codec = said(Optional.empty(), List.of(1));
    ModelDesk.Usable model =
        new ModelDesk.Usable(
            "m",
            new GatewayInput.Served(new JobId(1), List.of(), 64, 12, true),
            new Texts.Source.OfBytes(),
            64,
            12,
            0,
            "owner");
    return new Question(model, codec, List.of(3, 4), 20, Sampling.of(0, 1), stops, 1_000);
  }

  private final class Gateway implements Inbox<GatewayOwner.Input> {
    private boolean full;

    @Override
    public boolean offer(GatewayOwner.Input input, long bytes) {
      if (!full) {
        must(input);
      }
      return !full;
    }

    @Override
    public void must(GatewayOwner.Input input) {
      switch (input) {
        case GatewayOwner.Input.Requested(var _, var reader) -> readers.add(reader);
        case GatewayOwner.Input.Cancelled(var reader) -> cancelled.add(reader);
        default -> throw new AssertionError(input);
      }
    }

    @Override
    public void start(Owner<GatewayOwner.Input> owner) {
      throw new AssertionError("nobody owns it");
    }

    @Override
    public void stop() {
      throw new AssertionError("nobody owns it");
    }
  }

  private Answered answer(List<String> stops, List<Integer> tokens) throws Exception {
    readers.clear();
    List<String> pieces = new ArrayList<>();
    List<Answered> answered = new ArrayList<>();
    TextAnswer.ask(
        question(stops),
        gateway,
        new TextAnswer.Sink() {
          @Override
          public void text(String piece) {
            pieces.add(piece);
          }

          @Override
          public void end(TextAnswer.Ending ending, TextAnswer.Usage usage, String reason) {
            answered.add(new Answered(List.copyOf(pieces), ending, usage));
          }
        });
    tokens.forEach(readers.getFirst()::token);
    readers.getFirst().finished("");
    assertEquals(1, answered.size());
    return answered.getFirst();
  }

  @Test
  void tokensBecomeWholeCharactersAndAreCounted() throws Exception {
    Answered answered = answer(List.of(), List.of(5, 0, 2, 3, 1));
    assertEquals(List.of("ab", "é", "a"), answered.pieces());
    assertEquals(new TextAnswer.Usage(2, 5), answered.usage());
    assertEquals(TextAnswer.Ending.STOP, answered.ending());
  }

  /// The one that ends it may be the last one that was asked for.
  @Test
  void anAnswerThatEndsWithItsLastTokenHasStopped() throws Exception {
    List<Integer> tokens = new ArrayList<>(Collections.nCopies(20, 3));
    assertEquals(TextAnswer.Ending.LENGTH, answer(List.of(), tokens).ending());
    tokens.set(19, 1);
    assertEquals(TextAnswer.Ending.STOP, answer(List.of(), tokens).ending());
  }

  @Test
  void aStopIsFoundAcrossTokens() throws Exception {
    Answered answered = answer(List.of("b\nus"), List.of(3, 5, 6, 7, 3, 3));
    assertEquals("aa", String.join("", answered.pieces()));
    assertEquals(TextAnswer.Ending.STOP, answered.ending());
    assertEquals(4, answered.usage().completion());
    assertEquals(readers, cancelled);
    assertTrue(answer(List.of("zz"), List.of(3, 4)).pieces().contains("b"));
  }

  /// Its row is somebody else's then, however much the gateway has to do.
  @Test
  void aClientThatGoesCancelsItsOwnQuestion() throws Exception {
    TextAnswer.Sink silent =
        new TextAnswer.Sink() {
          @Override
          public void text(String piece) {}

          @Override
          public void end(TextAnswer.Ending ending, TextAnswer.Usage usage, String reason) {}
        };
    TextAnswer.ask(question(List.of()), gateway, silent);
    Runnable gone = TextAnswer.ask(question(List.of()), gateway, silent);
    assertEquals(List.of(), cancelled);
    gateway.full = true;
    gone.run();
    assertEquals(List.of(readers.getLast()), cancelled);
  }
}

package nimble.node.api;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import nimble.codec.ByteSource;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.node.work.Blobs;
import nimble.types.Hash;
import nimble.vm.BaseModel;
import nimble.vm.djl.DjlTokenizer;
import nimble.vm.hf.ModelText;
import nimble.vm.hf.SmallFiles;
import nimble.vm.text.ChatTemplate;
import nimble.vm.text.TextForm;
import nimble.vm.text.Tokenizer;

/// How models read and write text. Tokenizers come from the network by content; the few that were
/// used last stay in memory. Any thread; it waits for what is not here.
final class Texts {
  private static final int KEPT_MAX = 8;
  private static final long FETCH_SECONDS = 10;

  /// Where a model says it.
  sealed interface Source {
    /// Ids are bytes.
    record OfBytes() implements Source {}

    /// @param form blob of a [TextForm]
    record Said(Hash form) implements Source {}

    /// What came with a base, if it says anything.
    ///
    /// @param base blob of a [BaseModel]
    record OfBase(Hash base) implements Source {}
  }

  /// It cannot be had now, or is not what it should be.
  static final class Unavailable extends Exception {
    private static final long serialVersionUID = 1;

    Unavailable(String reason) {
      super(reason);
    }
  }

  private final Blobs blobs;
  private final ReentrantLock lock = new ReentrantLock();
  private final SequencedMap<Source, FutureTask<TextCodec>> kept =
      new LinkedHashMap<>(16, 0.75f, true);

  Texts(Blobs blobs) {
    this.blobs = blobs;
  }

  TextCodec of(Source source) throws Unavailable {
    if (source instanceof Source.OfBytes) {
      return TextCodec.BYTES;
    }
    FutureTask<TextCodec> loading = loading(source);
    loading.run();
    try {
      return loading.get();
    } catch (ExecutionException e) {
      forget(source, loading);
      throw e.getCause() instanceof Unavailable reason
          ? reason
          : new Unavailable("the tokenizer cannot be loaded: " + e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("the node stops");
    }
  }

  /// Whoever comes first loads it, the others wait. What is pushed out is freed once nobody uses
  /// it.
  private FutureTask<TextCodec> loading(Source source) {
    lock.lock();
    try {
      FutureTask<TextCodec> known =
          kept.computeIfAbsent(source, it -> new FutureTask<>(() -> load(it)));
      if (kept.size() > KEPT_MAX) {
        kept.pollFirstEntry();
      }
      return known;
    } finally {
      lock.unlock();
    }
  }

  private void forget(Source source, FutureTask<TextCodec> failed) {
    lock.lock();
    try {
      kept.remove(source, failed);
    } finally {
      lock.unlock();
    }
  }

  private TextCodec load(Source source) throws Unavailable {
    try {
      return switch (source) {
        case Source.OfBytes() -> TextCodec.BYTES;
        case Source.Said(Hash form) -> said(TextForm.decode(fetch(form, TextForm.BYTES_MAX)));
        case Source.OfBase(Hash base) ->
            ofBase(BaseModel.decode(fetch(base, BaseModel.BYTES_MAX)).files());
      };
    } catch (Malformed e) {
      throw new Unavailable("the model's tokenizer is of no use: " + e.reason());
    } catch (IOException e) {
      throw new Unavailable(String.valueOf(e.getMessage()));
    }
  }

  private TextCodec said(TextForm form) throws Malformed, IOException {
    return codec(DjlTokenizer.of(fetch(form.tokenizer(), DjlTokenizer.FILE_BYTES_MAX)), form);
  }

  private TextCodec ofBase(Map<String, Hash> files) throws Malformed, IOException {
    SmallFiles those =
        (name, bytesMax) -> {
          Hash blob = files.get(name);
          return blob == null ? Optional.empty() : Optional.of(fetch(blob, bytesMax));
        };
    Optional<ModelText> text = ModelText.of(those, Optional.empty(), DjlTokenizer::of);
    return text.isPresent()
        ? codec(DjlTokenizer.of(text.get().file()), text.get().form())
        : TextCodec.BYTES;
  }

  private static TextCodec codec(Tokenizer tokenizer, TextForm form) {
    return new TextCodec(
        tokenizer, form.template().orElse(ChatTemplate.PLAIN), new TreeSet<>(form.ends()));
  }

  private Bytes fetch(Hash blob, long bytesMax) throws IOException {
    var answer = new LinkedBlockingQueue<Blobs.Fetched>(1);
    blobs.fetch(blob, bytesMax, answer::offer);
    try {
      return switch (answer.poll(FETCH_SECONDS, TimeUnit.SECONDS)) {
        case Blobs.Fetched.Whole(ByteSource data) -> data.whole();
        case Blobs.Fetched.Failed(String reason) ->
            throw new IOException("the model's tokenizer cannot be had: " + reason);
        case null -> throw new IOException("the model's tokenizer did not arrive in time");
      };
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the node stops", e);
    } catch (IllegalStateException e) {
      throw new IOException("the model's tokenizer was lost meanwhile", e);
    }
  }
}

package nimble.node.work;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.blob.Blob;
import nimble.codec.Bytes;
import nimble.types.Hash;
import nimble.types.JobId;
import nimble.vm.text.TextForm;
import org.junit.jupiter.api.Test;

/// What a gateway fetches of the models that it serves (W8).
final class KeptModelsTest {
  private static final JobId FIRST = new JobId(7);
  private static final JobId SECOND = new JobId(8);

  private final List<KeptModels.Part> fetched = new ArrayList<>();
  private final KeptModels kept = new KeptModels(fetched::add);

  private static Hash blob(String words) {
    return Blob.of(Bytes.utf8(words)).id();
  }

  private static SortedMap<JobId, List<ModelBlob>> deployed(JobId id, ModelBlob... blobs) {
    return new TreeMap<>(Collections.singletonMap(id, List.of(blobs)));
  }

  @Test
  void w8ABlobAfterTheOtherWithAllThatItNames() {
    TextForm form = new TextForm(blob("tokenizer"), Optional.empty(), List.of());
    ModelBlob text = new ModelBlob(blob("form"), ModelBlob.Kind.TEXT);
    ModelBlob numbers = ModelBlob.numbers(blob("stage"));
    kept.keep(deployed(FIRST, text, numbers));
    kept.keep(deployed(FIRST, text, numbers));
    assertEquals(List.of(new KeptModels.Part(FIRST, text)), fetched);
    kept.fetched(fetched.getLast(), form.encode());
    assertEquals(new KeptModels.Part(FIRST, numbers), fetched.getLast());
    kept.missed(fetched.getLast());
    kept.keep(deployed(FIRST, text, numbers));
    ModelBlob tokenizer = new ModelBlob(blob("tokenizer"), ModelBlob.Kind.FILE);
    assertEquals(new KeptModels.Part(FIRST, tokenizer), fetched.getLast());
    kept.fetched(fetched.getLast(), Bytes.EMPTY);
    assertEquals(new KeptModels.Part(FIRST, numbers), fetched.getLast());
    kept.fetched(fetched.getLast(), Bytes.EMPTY);
    assertEquals(4, fetched.size());
  }

  @Test
  void w8NothingMoreComesOfADeploymentThatIsOver() {
    ModelBlob one = ModelBlob.numbers(blob("one"));
    ModelBlob two = ModelBlob.numbers(blob("two"));
    kept.keep(deployed(FIRST, one, two));
    kept.keep(deployed(SECOND, two));
    kept.missed(fetched.getFirst());
    kept.keep(deployed(SECOND, two));
    assertEquals(new KeptModels.Part(SECOND, two), fetched.getLast());
    kept.fetched(fetched.getLast(), Bytes.EMPTY);
    assertEquals(2, fetched.size());
    // Deployed again, it is fetched again: nothing is remembered of what is over.
    kept.keep(deployed(FIRST, one));
    assertEquals(new KeptModels.Part(FIRST, one), fetched.getLast());
  }
}

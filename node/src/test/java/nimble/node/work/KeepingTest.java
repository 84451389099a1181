package nimble.node.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import nimble.blob.Blob;
import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.types.Hash;
import nimble.vm.BaseModel;
import nimble.vm.template.Gpt;
import nimble.vm.tensor.Storage;
import nimble.vm.text.TextForm;
import org.junit.jupiter.api.Test;

/// What belongs to a model, blob by blob (W6).
final class KeepingTest {
  private static Hash put(SortedMap<Hash, Bytes> blobs, Bytes bytes) {
    Hash id = Blob.of(bytes).id();
    blobs.put(id, bytes);
    return id;
  }

  @Test
  void aBaseNamesItsPartsAndFilesAndATextItsTokenizer() throws Malformed {
    SortedMap<Hash, Bytes> blobs = new TreeMap<>();
    TreeMap<String, Hash> files = new TreeMap<>();
    Hash tokenizer = put(blobs, Bytes.utf8("tokenizer"));
    files.put("tokenizer.json", tokenizer);
    List<Hash> parts = new ArrayList<>();
    BaseModel base =
        BaseModel.pack(
            "b",
            new Gpt(256, 8, 1, 1, 8, false).spec(),
            Storage.FP32,
            files,
            (_, _) -> {},
            part -> parts.add(part.id()));
    ModelBlob described = new ModelBlob(put(blobs, base.encode()), ModelBlob.Kind.BASE);
    List<Hash> named = described.named(base.encode()).stream().map(ModelBlob::manifest).toList();
    assertTrue(named.containsAll(parts));
    assertTrue(named.contains(tokenizer));
    TextForm form = new TextForm(tokenizer, Optional.empty(), List.of());
    ModelBlob text = new ModelBlob(put(blobs, form.encode()), ModelBlob.Kind.TEXT);
    ModelBlob file = new ModelBlob(tokenizer, ModelBlob.Kind.FILE);
    assertEquals(List.of(file), text.named(form.encode()));
    assertEquals(List.of(), file.named(Bytes.EMPTY));
    assertFalse(named.contains(text.manifest()));
  }
}

package nimble.training.spec;

import nimble.codec.Malformed;
import nimble.codec.Reader;
import nimble.codec.Writer;
import nimble.types.Hash;
import nimble.vm.tensor.Storage;

/// The weights that a job begins with or is on (J41): who takes a stage fetches its part by
/// content.
///
/// @param manifest of the blob that holds the [nimble.vm.BaseModel]
/// @param storage of the base's numbers, fp32 or bf16
public record BaseSpec(Hash manifest, Storage storage) {
  void write(Writer writer) {
    manifest.write(writer);
    writer.u8(storage.tag());
  }

  static BaseSpec read(Reader reader) throws Malformed {
    Hash manifest = Hash.read(reader);
    Storage storage = Storage.read(reader);
    if (storage == Storage.NF4) {
      throw new Malformed("a base in nf4");
    }
    return new BaseSpec(manifest, storage);
  }
}

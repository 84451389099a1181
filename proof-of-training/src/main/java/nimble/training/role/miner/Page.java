package nimble.training.role.miner;

import nimble.blob.Blob;
import nimble.check.Invariant;
import nimble.codec.Bytes;
import nimble.types.Hash;

/// What a stage has to name and keep: at first the bytes themselves, once it is written their name
/// alone.
final class Page {
  private Bytes contents;
  private Hash id = Hash.ZERO;
  private boolean written;

  Page(Bytes contents) {
    this.contents = contents;
  }

  int size() {
    return contents.size();
  }

  /// Once.
  Blob write() {
    Invariant.check(!written, "%s is written already", id);
    Blob blob = Blob.of(contents);
    id = blob.id();
    contents = Bytes.EMPTY;
    written = true;
    return blob;
  }

  Hash id() {
    Invariant.check(written, "a page of %d bytes is not written", contents.size());
    return id;
  }
}

package nimble.storage;

/// The column families of a node's one database. The name is what stands on disk.
public enum Family {
  HEADERS("headers"),
  BODIES("bodies"),
  INDEX("index"),
  STATE("state"),
  /// By version, so that what is written comes behind all that is there.
  NODES("nodes"),
  VERSIONS("versions"),
  RECEIPTS("receipts"),
  JOBS("jobs"),
  META("meta");

  private final String label;

  Family(String label) {
    this.label = label;
  }

  public String label() {
    return label;
  }
}

package nimble.p2p;

/// What a node carries for those that it relays for.
///
/// @param circuits pairs of connections that are joined, or wait to be
/// @param carriedBytes since it started
public record RelayLoad(int circuits, long carriedBytes) {
  public static final RelayLoad NONE = new RelayLoad(0, 0);
}

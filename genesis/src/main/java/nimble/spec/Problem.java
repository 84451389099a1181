package nimble.spec;

/// What is wrong with a value that a person wrote: where, what it was, what it may be.
///
/// @param field the path inside the spec, for example `model.layers[3].heads`
public record Problem(String field, String value, String allowed) {
  @Override
  public String toString() {
    return "%s must be %s, was %s".formatted(field, allowed, value);
  }
}

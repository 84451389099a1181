package nimble.vm.text;

import java.util.Optional;

/// A long text as blocks of lines that become by themselves the ids that they are in the whole
/// (X7). One thread.
public final class TextBlocks {
  /// From here on the next place that allows it is a cut.
  private static final int CHARS_USUAL = 1 << 12;

  /// From here on any line end is.
  private static final int CHARS_MAX = 1 << 20;

  private final StringBuilder block = new StringBuilder();

  /// @param line the next one, without its end
  /// @return the block before it, if it begins one
  public Optional<String> add(String line) {
    Optional<String> before = isCut(line) ? rest() : Optional.empty();
    block.append(line).append('\n');
    return before;
  }

  private boolean isCut(String line) {
    return block.length() >= CHARS_MAX
        || (block.length() >= CHARS_USUAL
            && !line.isEmpty()
            && !Character.isWhitespace(line.charAt(0))
            && !Character.isWhitespace(block.charAt(block.length() - 2)));
  }

  /// What has come since the last block; empty when nothing has.
  public Optional<String> rest() {
    Optional<String> all = block.isEmpty() ? Optional.empty() : Optional.of(block.toString());
    block.setLength(0);
    return all;
  }
}

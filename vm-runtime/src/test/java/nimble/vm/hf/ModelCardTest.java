package nimble.vm.hf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ModelCardTest {
  private static String text(Optional<String> base, boolean adapter, boolean converted) {
    return new ModelCard(
            "a <b>",
            "job 1 of test",
            List.of(Map.entry("theme", "x|y")),
            List.of("job-1.receipt"),
            base,
            adapter,
            converted)
        .text();
  }

  private static String head(String text) {
    return text.substring(0, text.indexOf("---\n", 4));
  }

  @Test
  void saysTheLibraryOfWhatALibraryCanLoad() {
    assertEquals(
        "---\nlibrary_name: transformers\npipeline_tag: text-generation\ntags:\n- nimble\n",
        head(text(Optional.empty(), false, true)));
    assertEquals(
        "---\nlibrary_name: peft\npipeline_tag: text-generation\nbase_model: \"a\\\"b\"\ntags:\n- nimble\n- lora\n",
        head(text(Optional.of("a\"b"), true, true)));
  }

  /// Such as checkpoints as they are, of a table's model.
  @Test
  void saysNoLibraryOfWhatNoneCanLoad() {
    String text = text(Optional.empty(), false, false);
    assertEquals("---\ntags:\n- nimble\n", head(text));
    assertFalse(text.contains("transformers") || text.contains("text-generation"));
    assertTrue(text.contains("# a &lt;b>") && text.contains("| theme | x\\|y |"), text);
    assertTrue(text.contains("`nbcli verify receipt job-1.receipt`"), text);
  }
}

package nimble.node.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import nimble.vm.ModelSpec;
import nimble.vm.data.DataForm;

/// A text whose tokens are its bytes; the network reads it as it is.
record TextFile(Path path) implements DataSource {
  @Override
  public DataForm form() {
    return DataForm.TEXT;
  }

  @Override
  public long rows(ModelSpec model) throws Mistake, IOException {
    if (!Files.isRegularFile(path)) {
      throw Mistake.of("%s does not exist", path);
    }
    return Math.ceilDiv(Files.size(path), model.context());
  }

  @Override
  public void write(RowWriter to) {
    throw new IllegalStateException("text is no examples");
  }
}

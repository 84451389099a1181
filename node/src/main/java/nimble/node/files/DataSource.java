package nimble.node.files;

import java.io.IOException;
import java.nio.file.Path;
import nimble.vm.ModelSpec;
import nimble.vm.data.DataForm;

/// What a job is trained on, as a person has it, and how that becomes what the network reads.
public sealed interface DataSource permits TextFile, TokenData, LabelledSource {
  /// The file, or the folder.
  Path path();

  DataForm form();

  /// Rows in it, to count epochs by.
  long rows(ModelSpec model) throws Mistake, IOException;

  /// Its examples, one after the other; text needs none of this.
  ///
  /// @throws Mistake with the file, the line and the key
  void write(RowWriter to) throws Mistake, IOException;
}

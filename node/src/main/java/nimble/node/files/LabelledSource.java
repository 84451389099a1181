package nimble.node.files;

import java.nio.file.Path;
import java.util.List;

/// Examples whose label is a class or a number, which a model shall tell.
sealed interface LabelledSource extends DataSource permits TableFile, LabelledTexts, ImageFolder {
  /// In the order of a model's answers; none where the label is a number.
  List<String> classes();

  /// Other data of the same form.
  LabelledSource in(Path data);

  /// What a model's answer, or a row's label, is in the data's own units.
  default double unscaled(double answer) {
    return answer;
  }
}

package nimble.node.files;

import java.util.List;
import nimble.spec.Problem;

/// Where each key of a `job.yaml` stands, so that a problem found later still names its line.
public final class JobLines {
  private final String file;
  private final YamlMap root;

  JobLines(String file, YamlMap root) {
    this.file = file;
    this.root = root;
  }

  void refuse(List<Problem> problems) throws Mistake {
    if (!problems.isEmpty()) {
      throw mistake(problems.getFirst());
    }
  }

  Mistake mistake(Problem problem) {
    return mistake(
        problem.field(), "must be %s, was %s".formatted(problem.allowed(), problem.value()));
  }

  Mistake mistake(String field, String words) {
    return Mistake.of("%s:%d: %s %s", file, line(field), field, words);
  }

  /// The line of a field such as `training.betas[0]`, or of what it would stand in.
  private int line(String field) {
    String[] steps = field.replaceAll("\\[[0-9]+]", "").split("\\.", -1);
    YamlMap map = root;
    for (int i = 0; i < steps.length - 1 && map.isMap(steps[i]); i++) {
      try {
        map = map.map(steps[i]);
      } catch (Mistake e) {
        break;
      }
      if (i == steps.length - 2 || !map.isMap(steps[i + 1])) {
        return map.keyLine(steps[i + 1]);
      }
    }
    return map.keyLine(steps[0]);
  }
}

package nimble.node.files;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nimble.types.JobId;

/// The key `start` of a job file: the job to go on from, and after which of its rounds.
///
/// @param round none: the newest that can be had
public record StartKey(JobId job, OptionalInt round) {
  private static final Pattern FORM = Pattern.compile("([1-9]\\d{0,17})(?:@(\\d{1,9}))?");

  static Optional<StartKey> of(YamlMap root) throws Mistake {
    if (!root.has("start")) {
      return Optional.empty();
    }
    Matcher parts = FORM.matcher(root.text("start"));
    if (!parts.matches()) {
      throw root.wrong(
          "start",
          "must be a job's number, or JOB@ROUND as `nbcli job checkpoints JOB` lists them, was '%s'"
              .formatted(root.text("start")));
    }
    String round = parts.group(2);
    return Optional.of(
        new StartKey(
            new JobId(Long.parseLong(parts.group(1))),
            round == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(round))));
  }

  @Override
  public String toString() {
    return job + (round.isPresent() ? "@" + round.getAsInt() : "");
  }
}

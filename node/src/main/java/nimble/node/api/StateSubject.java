package nimble.node.api;

import nimble.codec.Bytes;
import nimble.codec.Malformed;
import nimble.crypto.AddressForm;
import nimble.ledger.Accounts;
import nimble.training.Deployments;
import nimble.training.Jobs;
import nimble.training.Models;
import nimble.types.JobId;

/// What people call a key of the state: `account/ADDRESS`, `job/NUMBER`, `record/NUMBER`,
/// `deployment/NUMBER`, `model/NUMBER`, `key/HEX`.
public final class StateSubject {
  private static final int DIGITS_MAX = 18;

  private StateSubject() {}

  public static Bytes key(AddressForm form, String subject) throws Malformed {
    int slash = subject.indexOf('/');
    String kind = slash < 0 ? subject : subject.substring(0, slash);
    String name = subject.substring(slash + 1);
    try {
      return switch (kind) {
        case "account" -> Accounts.key(form.parse(name));
        case "job" -> Jobs.jobKey(job(name));
        case "record" -> Jobs.recordKey(job(name));
        case "deployment" -> Deployments.key(job(name));
        case "model" -> Models.key(job(name).value());
        case "key" -> Bytes.hex(name);
        default ->
            throw new Malformed(
                "it must be account/ADDRESS, job/NUMBER, record/NUMBER, deployment/NUMBER,"
                    + " model/NUMBER or key/HEX");
      };
    } catch (Malformed e) {
      throw new Malformed("subject '%s': %s".formatted(subject, e.reason()));
    }
  }

  private static JobId job(String digits) throws Malformed {
    if (!digits.matches("[0-9]{1,%d}".formatted(DIGITS_MAX)) || Long.parseLong(digits) == 0) {
      throw new Malformed("'%s' is not the number of a job".formatted(digits));
    }
    return new JobId(Long.parseLong(digits));
  }
}

package nimble.node.work;

import java.util.List;
import java.util.function.Consumer;
import nimble.chain.AuditId;
import nimble.chain.StageSlot;
import nimble.chain.WorkCall;
import nimble.codec.Bytes;
import nimble.codec.Writer;
import nimble.crypto.Hashing;
import nimble.crypto.SigningKey;
import nimble.node.loop.Mailbox;
import nimble.node.loop.Owner;
import nimble.storage.Shelf;
import nimble.training.role.AuditorEffect;
import nimble.training.role.AuditorProgress;
import nimble.training.role.SendTensor;
import nimble.training.role.Task;
import nimble.training.role.auditor.Auditor;
import nimble.training.role.auditor.AuditorInput;
import nimble.training.role.auditor.Duties;
import nimble.training.role.auditor.DutyBook;
import nimble.types.ChainId;
import nimble.types.Hash;
import nimble.types.Moment;

/// Gives the auditor's state machine its chain, network, compute pool and shelf.
public final class AuditorOwner implements Owner<AuditorOwner.Input> {
  /// What happens to the owner.
  public sealed interface Input {
    /// For the state machine, as it is.
    record Direct(AuditorInput input) implements Input {}

    /// A block is final.
    record Finalized(Moment now) implements Input {}
  }

  /// Told what an auditor has to tell; must not block.
  @FunctionalInterface
  public interface ProgressListener {
    void progress(AuditorProgress progress);
  }

  private final Workplace<AuditorInput> place;
  private final Auditor auditor;
  private final DutyBook book;
  private final ProgressListener progress;
  private boolean begun;
  private boolean stopping;

  public AuditorOwner(
      Workplace.Parts parts,
      Auditor auditor,
      DutyBook book,
      ProgressListener progress,
      Mailbox<Input> self) {
    this.place = new Workplace<>(parts, input -> self.offer(new Input.Direct(input)));
    this.auditor = auditor;
    this.book = book;
    this.progress = progress;
  }

  /// A node's own: found again after a restart, and unknown to whoever lacks the key.
  public static Auditor.Secrets secrets(ChainId chain, SigningKey hotKey) {
    return new Auditor.Secrets() {
      @Override
      public Hash salt(AuditId audit) {
        return secret("nimble/salt", audit::write);
      }

      @Override
      public Hash key(StageSlot slot, long epoch) {
        return secret("nimble/sketch", writer -> slot.write(writer.i64(epoch)));
      }

      private Hash secret(String purpose, Consumer<Writer> subject) {
        Bytes preimage =
            Writer.encode(writer -> {
              writer.string(purpose, ChainId.LENGTH_MAX);
              chain.write(writer);
              subject.accept(writer);
            });
        return Hashing.sha256(hotKey.sign(preimage).bytes());
      }
    };
  }

  @Override
  public void turn(long nowMillis, List<Input> inputs) {
    for (Input input : inputs) {
      switch (input) {
        case Input.Direct(AuditorInput direct) -> {
          // Nothing else follows Stopping.
          if (!stopping
              || direct instanceof AuditorInput.Computed
              || direct instanceof AuditorInput.ComputeFailed) {
            step(direct);
          }
        }
        case Input.Finalized(Moment now) -> {
          if (!stopping) {
            finalized(now);
          }
        }
      }
    }
  }

  private void finalized(Moment now) {
    Duties duties = place.parts().state().read(book::in);
    place.neighbours(duties.miners());
    step(new AuditorInput.Finalized(now, duties));
    if (!begun) {
      // Only now is it known which groups of the shelf are still of use.
      begun = true;
      place.parts().evidence().groups(groups -> place.answer(new AuditorInput.GroupsFound(groups)));
    }
  }

  /// What runs on the compute pool uses memory that is freed afterwards: it is waited for (O4).
  @Override
  public void stopping() {
    stopping = true;
    step(new AuditorInput.Stopping());
  }

  @Override
  public boolean isIdle() {
    return auditor.idle();
  }

  private void step(AuditorInput input) {
    for (AuditorEffect effect : auditor.handle(input)) {
      switch (effect) {
        case SendTensor tensor -> place.send(tensor);
        case AuditorEffect.Submit(WorkCall call) -> place.submit(call);
        case AuditorEffect.Compute(StageSlot slot, long task, Task work) ->
            place.compute(
                work,
                outcome -> new AuditorInput.Computed(slot, task, outcome),
                reason -> new AuditorInput.ComputeFailed(slot, task, reason));
        case AuditorEffect.FetchData(Hash manifest) ->
            place.fetch(
                manifest,
                data -> new AuditorInput.DataFetched(manifest, data),
                reason -> new AuditorInput.DataFailed(manifest, reason));
        case AuditorEffect.FetchEvidence wanted -> gather(wanted);
        case AuditorEffect.ReadDocument(String group) ->
            place
                .parts()
                .evidence()
                .read(
                    group,
                    AuditorEffect.DOCUMENT,
                    kept -> place.answer(new AuditorInput.DocumentRead(group, kept)));
        case AuditorEffect.WriteDocument(String group, Bytes contents) ->
            place
                .parts()
                .evidence()
                .write(
                    group,
                    AuditorEffect.DOCUMENT,
                    contents,
                    put ->
                        place.answer(
                            new AuditorInput.DocumentWritten(group, put != Shelf.Put.FULL)));
        case AuditorEffect.Drop(String group) -> place.parts().evidence().drop(group);
        case AuditorEffect.StartTimer(AuditId audit, long millis) ->
            place.after(millis, new AuditorInput.TimerFired(audit));
        case AuditorEffect.StartDataTimer(Hash manifest, long millis) ->
            place.after(millis, new AuditorInput.DataTimerFired(manifest));
        case AuditorEffect.StartKeepTimer(String group, long millis) ->
            place.after(millis, new AuditorInput.KeepTimerFired(group));
        case AuditorEffect.Report(AuditorProgress progressed) -> report(progressed);
      }
    }
  }

  private void gather(AuditorEffect.FetchEvidence wanted) {
    String group = wanted.group();
    Hash manifest = wanted.manifest();
    place.fetch(
        new Evidence.Order(
            group, manifest, wanted.sources(), wanted.sizeMax(), wanted.patienceMillis()),
        data -> new AuditorInput.EvidenceFetched(group, manifest, data),
        reason -> new AuditorInput.EvidenceFailed(group, manifest, reason));
  }

  private void report(AuditorProgress progressed) {
    switch (progressed) {
      case AuditorProgress.Unable _,
          AuditorProgress.Missing _,
          AuditorProgress.Challenged _,
          AuditorProgress.Failed _ ->
          place.parts().reporter().warn("audit", "progress", progressed);
      case AuditorProgress.Measured _,
          AuditorProgress.Began _,
          AuditorProgress.Redone _,
          AuditorProgress.Held _,
          AuditorProgress.Kept _,
          AuditorProgress.Sketched _,
          AuditorProgress.Forgotten _ ->
          place.parts().reporter().debug("audit", "progress", progressed);
    }
    progress.progress(progressed);
  }
}

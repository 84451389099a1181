package nimble.training.role.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import nimble.codec.ByteSource;
import nimble.codec.Bytes;
import nimble.vm.audit.Evidence;
import org.junit.jupiter.api.Test;

final class RoundEvidenceTest {
  private long read;

  private ByteSource counted(ByteSource source) {
    return new ByteSource() {
      @Override
      public long length() {
        return source.length();
      }

      @Override
      public Bytes read(long from, int count) {
        read += count;
        return source.read(from, count);
      }
    };
  }

  @Test
  void r34WhatIsNotWorkedOnIsNotInMemory() throws Exception {
    Evidence evidence = AuditedStep.evidence(this::counted);
    Evidence.Start.Kept start = (Evidence.Start.Kept) evidence.start();
    // The head of the start state, and nothing else.
    assertTrue(read < AuditedStep.start().size() / 2, "%d bytes read".formatted(read));

    read = 0;
    assertEquals(start.chunks().getFirst().size(), read);
    read = 0;
    assertEquals(evidence.steps().getFirst().gradient().size(), read);
    read = 0;
    Evidence.MicroBatch first = evidence.microBatches().getFirst();
    assertEquals(
        first.input().size()
            + first.inputGradient().size()
            + first.output().size()
            + first.outputGradient().size(),
        read);
  }
}

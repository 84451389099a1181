package nimble.node.files;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

final class SafeFileTest {
  private static final Path ENDLESS = Path.of("/dev/zero");

  @Test
  @EnabledOnOs(OS.LINUX)
  void f4WhatHasNoSizeIsReadWithinTheLimitToo() {
    Mistake bytes = assertThrows(Mistake.class, () -> SafeFile.readBytes(ENDLESS, 4_096));
    assertTrue(bytes.words().contains("more than the 4096 bytes"), bytes.words());
    assertThrows(Mistake.class, () -> SafeFile.read(ENDLESS, 4_096));
  }
}

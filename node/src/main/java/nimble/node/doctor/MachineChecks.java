package nimble.node.doctor;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/// The machine and the Java on it.
final class MachineChecks {
  private static final int JAVA_MIN = 25;
  private static final int CORES_MIN = 2;
  private static final long MEMORY_MIN = 2L << 30;
  private static final long OPEN_FILES_MIN = 4_096;

  private MachineChecks() {}

  static List<Finding> run() {
    List<Finding> findings = new ArrayList<>();
    findings.add(java(Runtime.version().feature()));
    findings.add(cores(Runtime.getRuntime().availableProcessors()));
    if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
      findings.add(memory(system.getTotalMemorySize(), system.getFreeMemorySize()));
    }
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
      findings.add(openFiles(unix.getMaxFileDescriptorCount()));
    }
    return findings;
  }

  static Finding java(int version) {
    return version >= JAVA_MIN
        ? Finding.ok("java", "%s %s", System.getProperty("java.vm.name"), Runtime.version())
        : Finding.fail(
            "java", "version " + version, "install a JDK %d or later".formatted(JAVA_MIN));
  }

  static Finding cores(int cores) {
    return cores >= CORES_MIN
        ? Finding.ok("cores", "%d", cores)
        : Finding.warn(
            "cores",
            Integer.toString(cores),
            "a validator wants %d or more: its votes wait while blocks are executed"
                .formatted(CORES_MIN));
  }

  static Finding memory(long total, long free) {
    String found = "%d MiB, %d MiB of it free".formatted(total >> 20, free >> 20);
    return total >= MEMORY_MIN
        ? Finding.ok("memory", "%s", found)
        : Finding.warn(
            "memory",
            found,
            "a validator takes up to 700 MiB, a miner more: use a machine with %d GiB"
                .formatted(MEMORY_MIN >> 30));
  }

  static Finding openFiles(long most) {
    return most >= OPEN_FILES_MIN
        ? Finding.ok("open files", "up to %d", most)
        : Finding.warn(
            "open files",
            "up to " + most,
            "raise the limit to %d (ulimit -n, LimitNOFILE in the systemd unit)"
                .formatted(OPEN_FILES_MIN));
  }
}

package nimble.node.cli.miner;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import nimble.api.v1.MinerView;
import nimble.chain.Device;
import nimble.chain.MinerCall.OfferPut;
import nimble.chain.MinerCall.OfferWithdraw;
import nimble.codec.Bytes;
import nimble.genesis.Genesis;
import nimble.node.cli.sending.SendingCommand;
import nimble.node.files.Amount;
import nimble.node.files.GenesisFile;
import nimble.node.files.Mistake;
import nimble.node.files.Quantity;
import nimble.vm.Machine;
import nimble.vm.djl.DjlMachine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "offer",
    description = {
      "Offers hardware for a price, under a deposit that comes back with --withdraw.",
      "One offer stands per miner: a new one replaces it, stages held keep their terms."
    })
final class MinerOffer extends SendingCommand {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  @Option(names = "--price-per-hour", paramLabel = "NIM", description = "For this device.")
  private Optional<String> price = Optional.empty();

  @Option(names = "--device", defaultValue = "cpu", description = "cpu or gpu (${DEFAULT-VALUE}).")
  private Device device = Device.CPU;

  @Option(names = "--device-name", paramLabel = "TEXT", description = "The processor's own.")
  private Optional<String> deviceName = Optional.empty();

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      description = "For a stage, such as 2GiB; half of this machine's.")
  private Optional<String> memory = Optional.empty();

  @Option(
      names = "--speed",
      paramLabel = "NUMBER",
      description =
          "Operations a second of a stage, such as 12G; measured here when not given. A round three"
              + " times slower is a strike.")
  private Optional<String> speed = Optional.empty();

  @Option(names = "--withdraw", description = "Takes the offer back; stages held stay held.")
  private boolean withdraw;

  @Override
  public Integer call() throws Exception {
    wallet.accountFile();
    return withdraw ? withdraw() : offer();
  }

  private int withdraw() throws Exception {
    if (price.isPresent()) {
      throw new Mistake("--withdraw and --price-per-hour exclude each other");
    }
    try (Session session = open()) {
      return session.send(new OfferWithdraw(), 0, "the offer is withdrawn and its deposit back");
    }
  }

  private int offer() throws Exception {
    if (price.isEmpty()) {
      throw new Mistake("--price-per-hour is needed: such as --price-per-hour 1.5");
    }
    long perHour = Amount.parse("--price-per-hour", price.get());
    String name = deviceName();
    long bytes = memory.isPresent() ? Quantity.bytes("--memory", memory.get()) : halfOfMemory();
    long given = speed.isPresent() ? Quantity.count("--speed", speed.get()) : 0;
    if (speed.isPresent() && given == 0) {
      throw new Mistake("--speed must be more than 0");
    }
    try (Session session = open()) {
      Genesis genesis = session.genesis();
      MinerView miner = session.client().miner(GenesisFile.form(genesis).show(wallet.address()));
      if (!miner.getRegistered()) {
        throw Mistake.of(
            "%s is no miner: run `nbcli miner register --wallet.name %s` first",
            miner.getAddress(), wallet.name());
      }
      // The password first: measuring takes seconds.
      session.sender();
      OfferPut call = new OfferPut(device, name, bytes, given > 0 ? given : measured(), perHour);
      session.confirm("Offer %s?".formatted(words(call)));
      long deposit = miner.hasOffer() ? 0 : genesis.parameters().block().offerDeposit();
      int code = session.send(call, deposit, "offered: " + words(call));
      if (miner.getBond() == 0) {
        output.note(
            "its bond is 0 NIM, and every stage locks some: see `nbcli miner bond add --help`");
      }
      return code;
    }
  }

  private static String words(OfferPut offer) {
    return "%s (%s) with %s of memory and %s operations/s for %s an hour"
        .formatted(
            offer.deviceName(),
            offer.device(),
            Quantity.showBytes(offer.memoryBytes()),
            Quantity.showCount(offer.operationsPerSecond()),
            Amount.withUnit(offer.pricePerHour()));
  }

  private long measured() throws Mistake {
    if (device != Device.CPU) {
      throw new Mistake("--speed is needed: only a CPU can be measured here");
    }
    output.note("measuring this machine, some seconds ...");
    try (Machine machine = new DjlMachine()) {
      return SpeedProbe.operationsPerSecond(machine);
    }
  }

  private String deviceName() throws Mistake, IOException {
    String name = deviceName.isPresent() ? deviceName.get() : processor();
    if (Bytes.utf8(name).size() > OfferPut.NAME_MAX) {
      throw Mistake.of(
          "--device-name must have at most %d bytes, had %d",
          OfferPut.NAME_MAX, Bytes.utf8(name).size());
    }
    return name;
  }

  private String processor() throws IOException {
    if (device != Device.CPU || !Files.isReadable(CPU_INFO)) {
      return System.getProperty("os.arch", "unknown");
    }
    return Files.readAllLines(CPU_INFO).stream()
        .filter(line -> line.startsWith("model name"))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .filter(name -> !name.isEmpty() && name.length() <= OfferPut.NAME_MAX)
        .findFirst()
        .orElseGet(() -> System.getProperty("os.arch", "unknown"));
  }

  static long halfOfMemory() throws Mistake {
    if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
      return system.getTotalMemorySize() / 2;
    }
    throw new Mistake("--memory is needed: this system does not tell how much it has");
  }
}

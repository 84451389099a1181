package nimble.node.cli;

import picocli.CommandLine.Command;

@Command(
    name = "verify",
    description =
        "Checks receipts, checkpoints and blocks against what you trust, and nothing else.",
    subcommands = {VerifyReceipt.class, VerifyCheckpoint.class, VerifyBlock.class})
final class VerifyCommand {}

package nimble.node.cli.job;

import picocli.CommandLine.Command;

@Command(
    name = "job",
    description = "Training jobs.",
    subcommands = {
      JobInit.class,
      JobPlanning.class,
      JobSubmit.class,
      JobList.class,
      JobShow.class,
      JobWatch.class,
      JobEvents.class,
      JobCheckpoints.class,
      JobPin.class,
      JobPin.Unpin.class,
      JobCancel.class,
      JobTopUp.class,
      JobDownload.class,
      JobReceipt.class
    })
public final class JobCommand {}

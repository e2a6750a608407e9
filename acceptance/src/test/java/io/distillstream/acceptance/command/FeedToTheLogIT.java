package io.distillstream.acceptance.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.local.Distillstream;
import io.distillstream.local.feed.LoggedTexts;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.TopicInstaller;
import io.distillstream.wire.WireFormat;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A file straight to the requests topic of a real broker. */
@Timeout(300)
class FeedToTheLogIT {

  private static final Pipeline PIPELINE = new Pipeline("fed");

  @Test
  void shouldMixRepeatAndHoldOutOnTheWayToTheLog(@TempDir Path folder) throws Exception {
    StringBuilder csv = new StringBuilder("text,label\n");
    for (int i = 0; i < 50; i++) {
      csv.append("text ").append(i).append(",a\n");
    }
    Path file = Files.writeString(folder.resolve("traffic.csv"), csv);
    Path heldOut = folder.resolve("held-out.csv");
    List<String> logged = new ArrayList<>();
    try (EmbeddedCluster cluster = EmbeddedCluster.start(folder.resolve("kafka"))) {
      ClusterConnection connection =
          new ClusterConnection(cluster.bootstrapServers(), cluster.registryUrl());
      try (Admin admin = Admin.create(connection.adminProperties());
          WireFormat wire = new WireFormat(cluster.registryUrl())) {
        TopicInstaller.install(admin, wire, PIPELINE);
      }

      String[] options = {
        "feed",
        file.toString(),
        "--kafka",
        "--rate",
        "100000",
        "--shuffle",
        "--repeat",
        "2",
        "--hold-out",
        "0.3",
        "--hold-out-file",
        heldOut.toString(),
        "--set",
        "cluster.bootstrap-servers=" + cluster.bootstrapServers(),
        "--set",
        "cluster.registry-url=" + cluster.registryUrl(),
        "--set",
        "pipeline.name=fed",
        "--set",
        "data.folder=" + folder.resolve("data")
      };
      StringWriter err = new StringWriter();
      CommandLine command =
          Distillstream.commandLine()
              .setOut(new PrintWriter(new StringWriter(), true))
              .setErr(new PrintWriter(err, true));
      assertThat(command.execute(options)).as(err.toString()).isZero();
      LoggedTexts.read(connection, PIPELINE, logged::add);
    }

    List<String> kept =
        Files.readAllLines(heldOut).stream()
            .skip(1)
            .map(line -> line.substring(0, line.indexOf(',')))
            .toList();
    assertThat(kept).isNotEmpty();
    assertThat(logged).hasSize(2 * (50 - kept.size())).doesNotContainAnyElementsOf(kept);
  }
}

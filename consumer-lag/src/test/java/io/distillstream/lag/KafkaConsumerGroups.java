package io.distillstream.lag;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.distillstream.embedded.EmbeddedCluster;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.tools.consumer.group.ConsumerGroupCommand;

/** Kafka's own {@code kafka-consumer-groups --describe}, run in this process. */
final class KafkaConsumerGroups {

  private KafkaConsumerGroups() {}

  /** What it prints in the column LAG. */
  static String lag(EmbeddedCluster cluster, String group, TopicPartition partition) {
    List<List<String>> rows = describe(cluster, group);
    List<String> header =
        rows.stream()
            .filter(row -> row.contains("LAG"))
            .findFirst()
            .orElseThrow(() -> new AssertionError("No table in " + rows));
    return rows.stream()
        .filter(row -> row.size() == header.size())
        .filter(row -> row.get(header.indexOf("TOPIC")).equals(partition.topic()))
        .filter(
            row ->
                row.get(header.indexOf("PARTITION"))
                    .equals(Integer.toString(partition.partition())))
        .map(row -> row.get(header.indexOf("LAG")))
        .findFirst()
        .orElseThrow(() -> new AssertionError("No " + partition + " in " + rows));
  }

  private static List<List<String>> describe(EmbeddedCluster cluster, String group) {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream before = System.out;
    System.setOut(new PrintStream(printed, true, UTF_8));
    try {
      ConsumerGroupCommand.main(
          new String[] {
            "--bootstrap-server",
            cluster.bootstrapServers(),
            "--describe",
            "--group",
            group,
            "--timeout",
            "60000"
          });
    } finally {
      System.setOut(before);
    }
    return printed
        .toString(UTF_8)
        .lines()
        .map(line -> Arrays.asList(line.strip().split("\\s+")))
        .toList();
  }
}

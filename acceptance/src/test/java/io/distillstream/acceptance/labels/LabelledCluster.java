package io.distillstream.acceptance.labels;

import io.distillstream.avro.SoftLabel;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.local.Distillstream;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topic;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.WireFormat;
import io.distillstream.wire.scan.LatestEnds;
import io.distillstream.wire.scan.TopicScan;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import picocli.CommandLine;

/** A broker with its registry, and the command line before it. */
final class LabelledCluster implements AutoCloseable {

  /** How a command ended, and what it printed. */
  record Outcome(int exitCode, String out, String err) {}

  private final EmbeddedCluster cluster;
  private final Path data;

  LabelledCluster(Path folder) {
    this.cluster = EmbeddedCluster.start(folder.resolve("kafka"));
    this.data = folder.resolve("data");
  }

  ClusterConnection connection() {
    return new ClusterConnection(cluster.bootstrapServers(), cluster.registryUrl());
  }

  /** The words of a command with the settings that lead it to this cluster and a data folder. */
  List<String> words(Path data, Pipeline pipeline, String... command) {
    return Stream.concat(
            Stream.concat(Stream.of("labels"), Stream.of(command)),
            Stream.of(
                "--set=cluster.bootstrap-servers=" + cluster.bootstrapServers(),
                "--set=cluster.registry-url=" + cluster.registryUrl(),
                "--set=pipeline.name=" + pipeline,
                "--set=data.folder=" + data))
        .toList();
  }

  Outcome run(Pipeline pipeline, String... command) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line =
        Distillstream.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    int exitCode = line.execute(words(data, pipeline, command).toArray(String[]::new));
    return new Outcome(exitCode, out.toString(), err.toString());
  }

  /** What a topic holds, committed; a commit is over before its markers are on every partition. */
  List<ConsumerRecord<String, byte[]>> records(Pipeline pipeline, Topic<?> topic) {
    List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
    try (TopicScan scan = new TopicScan(connection())) {
      scan.read(LatestEnds.of(connection(), scan.whole(topic.in(pipeline))), records::add);
    }
    return records;
  }

  List<SoftLabel> labels(Pipeline pipeline, Topic<SoftLabel> topic) {
    try (WireFormat wire = new WireFormat(connection())) {
      Codec<SoftLabel> codec = wire.codec(topic, pipeline);
      return records(pipeline, topic).stream().map(record -> decoded(codec, record)).toList();
    }
  }

  private static SoftLabel decoded(Codec<SoftLabel> codec, ConsumerRecord<String, byte[]> record) {
    try {
      return codec.decode(record.value());
    } catch (UndecodableRecordException e) {
      throw new AssertionError(e);
    }
  }

  List<String> ids(Pipeline pipeline, Topic<?> topic) {
    return records(pipeline, topic).stream().map(ConsumerRecord::key).toList();
  }

  /** Whether nothing is left of what a command kept there meanwhile. */
  boolean isTidy() throws IOException {
    try (Stream<Path> files = Files.list(data)) {
      return files.noneMatch(file -> file.getFileName().toString().startsWith("distillstream-"));
    }
  }

  @Override
  public void close() {
    cluster.close();
  }
}

package io.distillstream.benchmarks.service;

import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.TopicInstaller;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;

/** A real broker and registry in a folder that is deleted afterwards. */
public final class BenchmarkCluster implements AutoCloseable {

  private final Path folder;
  private final EmbeddedCluster embedded;

  public BenchmarkCluster() throws IOException {
    folder = Files.createTempDirectory("distillstream-bench");
    embedded = EmbeddedCluster.start(folder.resolve("kafka"));
  }

  /** Services of a pipeline of its own, so that runs do not see each other's records. */
  public ServiceContext context(String pipeline) {
    ClusterConnection cluster =
        new ClusterConnection(embedded.bootstrapServers(), embedded.registryUrl());
    ServiceContext context =
        ServiceContext.connect(new Pipeline(pipeline), cluster, folder.resolve(pipeline), "bench");
    try (Admin admin = Admin.create(cluster.adminProperties())) {
      TopicInstaller.install(admin, context.wire(), context.pipeline());
    }
    return context;
  }

  @Override
  public void close() {
    embedded.close();
    List<Path> leftovers;
    try (Stream<Path> walk = Files.walk(folder)) {
      leftovers = walk.sorted(Comparator.reverseOrder()).toList();
      for (Path path : leftovers) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot delete " + folder, e);
    }
  }
}

package io.distillstream.acceptance.recovery;

import io.distillstream.embedded.ChildJvm;
import io.distillstream.embedded.ClusterProgram;
import io.distillstream.embedded.FreePorts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A broker and its registry in a process of their own, on ports that stay the same when they
 * return.
 */
final class ClusterProcess implements AutoCloseable {
  private final Path folder;
  private final int brokerPort;
  private final int registryPort;
  private ChildJvm process;

  /** Starts; returns when both answer. */
  ClusterProcess(Path folder) throws IOException {
    this.folder = folder;
    List<Integer> free = FreePorts.choose(2);
    brokerPort = free.get(0);
    registryPort = free.get(1);
    process = launched();
  }

  private ChildJvm launched() {
    ChildJvm launched =
        ChildJvm.start(
            ClusterProgram.class,
            List.of("-Xmx512m"),
            List.of(
                folder.resolve("broker").toString(),
                Integer.toString(brokerPort),
                Integer.toString(registryPort),
                "127.0.0.1"),
            folder.resolve("output"));
    launched.awaitLine(ClusterProgram.READY);
    return launched;
  }

  /** SIGKILL: nothing in the process gets to run. */
  void kill() {
    process.close();
  }

  /** After {@link #kill}; returns when both answer. */
  void startAgain() {
    process = launched();
  }

  String bootstrapServers() {
    return "127.0.0.1:" + brokerPort;
  }

  String registryUrl() {
    return "http://127.0.0.1:" + registryPort;
  }

  @Override
  public void close() {
    process.close();
  }
}

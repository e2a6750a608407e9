package io.distillstream.embedded;

import io.distillstream.embedded.broker.BrokerSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Broker and registry as a program of their own, which ends when its input does: that is when
 * whoever started it is gone. A broker that fails, or does not start, ends it with one line and
 * code 1.
 *
 * <p>Arguments: data folder, broker's port, registry's port, and the host under which clients are
 * told to reach the broker.
 */
public final class ClusterProgram {
  /** What it prints when both answer, before the broker's address. */
  public static final String READY = "cluster ready on ";

  private static final long CHECK_MILLIS = 500;
  private static final int FAILED = 1;

  private ClusterProgram() {}

  public static void main(String[] arguments) throws InterruptedException {
    int port = Integer.parseInt(arguments[1]);
    BrokerSettings broker =
        new BrokerSettings(
            Path.of(arguments[0]),
            port,
            Map.of("advertised.listeners", "PLAINTEXT://" + arguments[3] + ":" + port));
    try (EmbeddedCluster cluster = EmbeddedCluster.start(broker, Integer.parseInt(arguments[2]))) {
      System.out.println(READY + cluster.bootstrapServers());
      CountDownLatch inputEnded = inputEnded();
      while (!inputEnded.await(CHECK_MILLIS, TimeUnit.MILLISECONDS)) {
        cluster.broker().failure().ifPresent(ClusterProgram::end);
      }
    } catch (RuntimeException e) {
      end(e);
    }
    System.exit(0);
  }

  /** At once: a broker that failed may wait for itself when it is closed. */
  private static void end(Throwable failure) {
    System.out.println("cluster failed: " + failure.getMessage());
    Runtime.getRuntime().halt(FAILED);
  }

  private static CountDownLatch inputEnded() {
    CountDownLatch ended = new CountDownLatch(1);
    Thread reader =
        new Thread(
            () -> {
              try {
                while (System.in.read() >= 0) {
                  // What it is given means nothing.
                }
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              } finally {
                ended.countDown();
              }
            },
            "end-of-input");
    reader.setDaemon(true);
    reader.start();
    return ended;
  }
}

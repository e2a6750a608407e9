package io.distillstream.wire.transaction;

import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.embedded.FreePorts;
import io.distillstream.embedded.broker.BrokerSettings;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.transaction.SwallowingProxy.Loss;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionState;

/** A cluster behind a network that fails in the middle of transactions, which it soon aborts. */
public final class LossyCluster implements AutoCloseable {
  private final SwallowingProxy proxy = new SwallowingProxy();
  private final EmbeddedCluster cluster;

  /**
   * Starts it, without a loss.
   *
   * @param folder of the broker's log
   */
  public LossyCluster(Path folder) throws IOException {
    int port = FreePorts.choose();
    proxy.start(port);
    Map<String, String> properties =
        Map.of(
            "advertised.listeners",
            "PLAINTEXT://127.0.0.1:" + proxy.port(),
            "transaction.abort.timed.out.transaction.cleanup.interval.ms",
            "200");
    cluster = EmbeddedCluster.start(new BrokerSettings(folder, port, properties), 0);
  }

  /** What to lose from now on. */
  public void lose(Loss loss) {
    proxy.lose(loss);
  }

  /** Of clients that soon give up a request, and have further properties. */
  public ClusterConnection connection(Map<String, String> clients) {
    Map<String, String> impatient = new HashMap<>(clients);
    impatient.put("request.timeout.ms", "2000");
    return new ClusterConnection(
        cluster.bootstrapServers(), cluster.registryUrl(), impatient, Map.of());
  }

  /** Whether the newest transaction of anybody was aborted. */
  public static boolean hasAborted(Admin admin) throws ExecutionException, InterruptedException {
    return admin.listTransactions().all().get().stream()
        .anyMatch(transaction -> transaction.state() == TransactionState.COMPLETE_ABORT);
  }

  @Override
  public void close() throws IOException {
    cluster.close();
    proxy.close();
  }
}

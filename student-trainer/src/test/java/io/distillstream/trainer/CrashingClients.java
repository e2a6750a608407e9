package io.distillstream.trainer;

import io.distillstream.trainer.checkpoint.log.KafkaClients;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.ConsumerGroups;
import io.distillstream.wire.Pipeline;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;

/**
 * Real clients whose producer dies before a given commit, everything written and nothing decided:
 * what a killed process leaves behind. It cannot abort any more either.
 */
final class CrashingClients implements KafkaClients {

  /** Thrown in place of the commit. */
  static final class Crash extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Crash() {
      super("crashed before the commit");
    }
  }

  private final ClusterConnection cluster;
  private final String id;
  private final KafkaClients real;
  private final int fatalCommit;

  /**
   * @param fatalCommit from 1, which claims the model
   */
  CrashingClients(ClusterConnection cluster, Pipeline pipeline, String model, int fatalCommit) {
    this.cluster = cluster;
    this.id = ConsumerGroups.trainer(pipeline, model);
    this.real = KafkaClients.of(cluster, pipeline, model);
    this.fatalCommit = fatalCommit;
  }

  @Override
  public Consumer<String, byte[]> groupConsumer() {
    return real.groupConsumer();
  }

  @Override
  public Consumer<String, byte[]> reader() {
    return real.reader();
  }

  @Override
  public Producer<String, byte[]> transactionalProducer() {
    return new KafkaProducer<>(cluster.transactionalProducerProperties(id)) {
      private int commits;

      @Override
      public void commitTransaction() {
        if (++commits == fatalCommit) {
          flush();
          throw new Crash();
        }
        super.commitTransaction();
      }

      @Override
      public void abortTransaction() {
        throw new Crash();
      }
    };
  }

  @Override
  public Admin admin() {
    return real.admin();
  }
}

package io.distillstream.trainer.checkpoint.log;

import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.ConsumerGroups;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.TransactionalIds;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;

/** The Kafka clients of one model's trainer; the caller closes what it opens. */
public interface KafkaClients {

  /** Reads committed records in the name of the trainer's group. */
  Consumer<String, byte[]> groupConsumer();

  /** Reads committed records, outside any group. */
  Consumer<String, byte[]> reader();

  /** Its transactional id is the model's: opening a second one fences the first. */
  Producer<String, byte[]> transactionalProducer();

  Admin admin();

  static KafkaClients of(ClusterConnection cluster, Pipeline pipeline, String model) {
    String group = ConsumerGroups.trainer(pipeline, model);
    return new KafkaClients() {
      @Override
      public Consumer<String, byte[]> groupConsumer() {
        return new KafkaConsumer<>(cluster.consumerProperties(group));
      }

      @Override
      public Consumer<String, byte[]> reader() {
        return new KafkaConsumer<>(cluster.readerProperties());
      }

      @Override
      public Producer<String, byte[]> transactionalProducer() {
        return new KafkaProducer<>(
            cluster.transactionalProducerProperties(TransactionalIds.trainer(pipeline, model)));
      }

      @Override
      public Admin admin() {
        return Admin.create(cluster.adminProperties());
      }
    };
  }
}

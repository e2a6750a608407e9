package io.distillstream.artifacts;

import java.util.Map;
import org.apache.kafka.clients.producer.Producer;

/** Opens producers; tests open such as lose answers of the brokers. */
interface ProducerFactory {
  /** A producer, owned by the caller. */
  Producer<String, byte[]> create(Map<String, Object> properties);
}

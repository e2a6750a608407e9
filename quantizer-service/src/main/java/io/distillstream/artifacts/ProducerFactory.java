package io.distillstream.artifacts;

import java.util.Map;
import org.apache.kafka.clients.producer.Producer;

/** Opens producers, so that a test can open one whose commits are never confirmed. */
interface ProducerFactory {
  /** A producer, owned by the caller. */
  Producer<String, byte[]> create(Map<String, Object> properties);
}

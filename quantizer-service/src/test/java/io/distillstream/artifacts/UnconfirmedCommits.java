package io.distillstream.artifacts;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.errors.TimeoutException;

/** The first producer never hears of its commit, which has happened or not; others are sound. */
final class UnconfirmedCommits implements ProducerFactory {
  private final boolean happened;
  private final AtomicInteger opened = new AtomicInteger();
  private final AtomicBoolean asked = new AtomicBoolean();

  UnconfirmedCommits(boolean happened) {
    this.happened = happened;
  }

  /** How many producers were opened. */
  int opened() {
    return opened.get();
  }

  @Override
  @SuppressWarnings("unchecked") // The proxy implements what it is asked to.
  public Producer<String, byte[]> create(Map<String, Object> properties) {
    Producer<String, byte[]> real = new KafkaProducer<>(properties);
    if (opened.incrementAndGet() > 1) {
      return real;
    }
    return (Producer<String, byte[]>)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Producer.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("commitTransaction")) {
                if (asked.compareAndSet(false, true) && happened) {
                  real.commitTransaction();
                }
                throw new TimeoutException("no answer");
              }
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}

package io.distillstream.wire;

import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.InterruptException;

/** What Kafka's admin client gives in the future, waited for. */
public final class AdminAnswers {

  private AdminAnswers() {}

  /**
   * Waits as long as the client does.
   *
   * @param failure says what could not be done where the cause is none of Kafka's
   * @throws KafkaException if the cluster refuses or does not answer
   */
  public static <T> T await(KafkaFuture<T> future, String failure) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException cause
          ? cause
          : new KafkaException(failure, e.getCause());
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }
}

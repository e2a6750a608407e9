package io.distillstream.lag;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the admin client gives in the future, waited for as long as the client waits. */
final class Answers {

  private static final Logger log = LoggerFactory.getLogger(Answers.class);

  private Answers() {}

  /**
   * The answer.
   *
   * @throws KafkaException if the cluster refuses or does not answer
   */
  static <T> T await(KafkaFuture<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException cause
          ? cause
          : new KafkaException("The cluster cannot be asked for lag", e.getCause());
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  /**
   * The answers there are: a group may be gone by now, a partition without a leader. Where there is
   * no answer at all because brokers are away, that is a failure.
   *
   * @throws KafkaException if nothing was answered and asking again might help
   */
  static <K, T> Map<K, T> present(Map<K, KafkaFuture<T>> futures) {
    Map<K, T> answers = new HashMap<>();
    RetriableException unanswered = null;
    for (Map.Entry<K, KafkaFuture<T>> future : futures.entrySet()) {
      try {
        answers.put(future.getKey(), await(future.getValue()));
      } catch (InterruptException e) {
        throw e;
      } catch (KafkaException e) {
        log.debug("{} is left out", future.getKey(), e);
        // A topic that is gone stays away, although Kafka counts that among what may pass.
        if (e instanceof RetriableException passing
            && !(e instanceof UnknownTopicOrPartitionException)) {
          unanswered = passing;
        }
      }
    }
    if (answers.isEmpty() && unanswered != null) {
      throw unanswered;
    }
    return answers;
  }
}

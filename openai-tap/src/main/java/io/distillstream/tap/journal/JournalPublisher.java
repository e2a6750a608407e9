package io.distillstream.tap.journal;

import io.distillstream.avro.Completion;
import io.distillstream.foundation.Backoff;
import io.distillstream.tap.metrics.TapMetrics;
import io.distillstream.wire.Codec;
import io.distillstream.wire.RegistryUnavailableException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes the journal on a topic, file by file, on a thread of its own. A file is deleted when
 * all replicas have its completions, so that each arrives at least once: a process that ends before
 * it has deleted a file publishes all of it again. Owns its producer, borrows the journal.
 */
public final class JournalPublisher implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(JournalPublisher.class);

  private static final Duration WAIT = Duration.ofMillis(500);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
  private static final Duration GRACE = Duration.ofSeconds(8);
  private static final Duration FAREWELL = Duration.ofSeconds(1);

  private final Journal journal;
  private final Codec<Completion> codec;
  private final TapMetrics metrics;
  private final Producer<String, byte[]> producer;
  private final Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
  private boolean away;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "tap-publisher");

  /**
   * @param properties of a producer
   */
  public JournalPublisher(
      Journal journal,
      Codec<Completion> codec,
      Map<String, Object> properties,
      TapMetrics metrics) {
    this.journal = journal;
    this.codec = codec;
    this.metrics = metrics;
    Map<String, Object> own = new HashMap<>(properties);
    // Log-probabilities and indices have no repetitions that lz4 would find.
    own.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "zstd");
    own.put(ProducerConfig.LINGER_MS_CONFIG, 50);
    // The journal waits for as long as it takes; a send need not.
    own.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 2_000);
    own.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 2_000);
    own.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 5_000);
    this.producer = new KafkaProducer<>(own);
    thread.setDaemon(true);
    thread.start();
  }

  public boolean isAlive() {
    return thread.isAlive();
  }

  private void run() {
    try {
      boolean goesOn = true;
      while (goesOn) {
        boolean last = closing.getCount() == 0;
        Path file = journal.take(last ? Duration.ZERO : WAIT).orElse(null);
        goesOn = file == null ? !last : publish(file);
      }
    } catch (InterruptedException e) {
      log.debug("The journal is published no longer", e);
    } catch (IOException e) {
      log.error("The journal cannot be worked on", e);
    }
  }

  /** False if it is closed while the file or the brokers are away; the file stays then. */
  private boolean publish(Path file) throws IOException, InterruptedException {
    try {
      Optional<JournalFile> read = read(file);
      return read.isPresent() && publish(read.get());
    } catch (NoSuchFileException e) {
      log.error("{} is gone, and with it what was not published yet", file, e);
      metrics.journalDamaged();
      journal.remove();
      return true;
    }
  }

  private boolean publish(JournalFile file) throws IOException, InterruptedException {
    List<Completion> left = file.completions();
    while (!left.isEmpty()) {
      boolean first = !away;
      left = send(left);
      away = !left.isEmpty();
      if (!away) {
        backoff.reset();
        continue;
      }
      if (first) {
        log.warn("{} completions wait in the journal until the brokers take them", left.size());
      }
      if (closing.await(backoff.next().toMillis(), TimeUnit.MILLISECONDS)) {
        return false;
      }
    }
    if (file.whole()) {
      journal.remove();
    } else {
      metrics.journalDamaged();
      journal.setAside();
    }
    return true;
  }

  /**
   * Reads a file, however long the system does not let it, such as for want of descriptors.
   *
   * @return nothing if it is closed meanwhile
   * @throws NoSuchFileException if somebody took the file away
   */
  private Optional<JournalFile> read(Path file) throws NoSuchFileException, InterruptedException {
    for (boolean first = true; ; first = false) {
      try {
        JournalFile read = JournalFile.read(file);
        backoff.reset();
        return Optional.of(read);
      } catch (NoSuchFileException e) {
        throw e;
      } catch (IOException e) {
        if (first) {
          log.warn("{} cannot be read and stays in the journal until it can be", file, e);
        } else {
          log.debug("{} still cannot be read", file, e);
        }
        if (closing.await(backoff.next().toMillis(), TimeUnit.MILLISECONDS)) {
          return Optional.empty();
        }
      }
    }
  }

  /** Sends completions, and returns those that are to be sent again. */
  private List<Completion> send(List<Completion> completions) throws InterruptedException {
    List<Completion> left = new ArrayList<>();
    Map<Completion, Future<RecordMetadata>> sent = new LinkedHashMap<>();
    for (Completion completion : completions) {
      if (!left.isEmpty()) {
        left.add(completion);
        continue;
      }
      try {
        sent.put(
            completion,
            producer.send(
                new ProducerRecord<>(
                    codec.topic(), completion.getExchangeId(), codec.encode(completion))));
      } catch (KafkaException | RegistryUnavailableException e) {
        judge(completion, e, left);
      }
    }
    for (Map.Entry<Completion, Future<RecordMetadata>> one : sent.entrySet()) {
      try {
        one.getValue().get();
        metrics.published();
      } catch (ExecutionException e) {
        judge(one.getKey(), e.getCause() == null ? e : e.getCause(), left);
      }
    }
    return left;
  }

  /** Whatever else keeps the brokers from taking it, such as a right that is missing, may pass. */
  private void judge(Completion completion, Throwable failure, List<Completion> left) {
    if (failure instanceof RecordTooLargeException) {
      metrics.lost();
      log.error("Completion {} is too large for its topic", completion.getExchangeId(), failure);
    } else {
      log.debug("Completion {} waits", completion.getExchangeId(), failure);
      left.add(completion);
    }
  }

  /** What is not published stays in the journal. */
  @Override
  public void close() {
    closing.countDown();
    try {
      thread.join(GRACE.toMillis());
      if (thread.isAlive()) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    producer.close(FAREWELL);
  }
}

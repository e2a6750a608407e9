package io.distillstream.local.labels;

import io.distillstream.local.labels.log.LabelPublisher;
import io.distillstream.local.terminal.Shutdown;
import io.distillstream.teacher.Unavailability;
import io.distillstream.teacher.relabel.Relabelling;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Publishes each window of labels as it comes, and tells every few seconds how far it is. */
final class Progress implements Relabelling.Listener {

  private static final Duration SILENCE = Duration.ofSeconds(5);

  private final LabelPublisher publisher;
  private final Consumer<String> lines;
  private final Shutdown shutdown;
  private final long start = System.nanoTime();
  private long told = start;
  private long labelled;
  private long leftOut;
  private String firstReason = "";

  /** Borrows the publisher. */
  Progress(LabelPublisher publisher, Consumer<String> lines, Shutdown shutdown) {
    this.publisher = publisher;
    this.lines = lines;
    this.shutdown = shutdown;
  }

  @Override
  public void labelled(List<ProducerRecord<String, byte[]>> labels) {
    publisher.add(labels);
    publisher.flush();
    labelled += labels.size();
    long now = System.nanoTime();
    if (now - told > SILENCE.toNanos()) {
      told = now;
      lines.accept(
          String.format(
              Locale.ROOT,
              "labelled %,d texts (%.1f/s)",
              labelled,
              labelled / ((now - start) / 1e9)));
    }
  }

  @Override
  public void leftOut(String requestId, String reason) {
    if (leftOut == 0) {
      firstReason = "request " + requestId + ": " + reason;
    }
    leftOut++;
  }

  @Override
  public void away(Unavailability outage) throws InterruptedException {
    lines.accept(
        String.format(
            Locale.ROOT,
            "the teacher cannot answer: %s; asked again in %d s",
            outage.reason(),
            outage.retryAfter().toSeconds()));
    shutdown.await(outage.retryAfter());
    RelabelCommand.requireUnasked(shutdown);
  }

  /** Texts that have a label of this teacher now. */
  long labelled() {
    return labelled;
  }

  /** What there is to say of texts without one. */
  Optional<String> leftOut() {
    return leftOut == 0
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT, "left out: %,d texts, the first is %s", leftOut, firstReason));
  }
}

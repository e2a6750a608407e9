package io.distillstream.teacher.publish;

import io.distillstream.teacher.Teacher;
import io.distillstream.teacher.TeacherAnswer;
import io.distillstream.teacher.queue.HttpText;
import io.distillstream.teacher.queue.LabelQueue;
import io.distillstream.teacher.queue.LabelledWindow;
import io.distillstream.teacher.queue.LogEntry;
import io.distillstream.teacher.queue.LogText;
import io.distillstream.teacher.queue.NotLabelledException;
import io.distillstream.teacher.queue.RefusedRecord;
import io.distillstream.teacher.queue.TrafficMetrics;
import io.distillstream.teacher.queue.Window;
import io.distillstream.wire.ClusterUnavailableException;
import io.distillstream.wire.RegistryUnavailableException;
import io.distillstream.wire.transaction.AbortedException;
import io.distillstream.wire.transaction.ConsumedOffsets;
import io.distillstream.wire.transaction.FencedException;
import io.distillstream.wire.transaction.Transactions;
import io.distillstream.wire.transaction.UnknownOutcomeException;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits each window as one transaction: soft labels, the callers' requests and truth, dead
 * letters, and how far the request log is done. Callers are answered after the commit; of texts
 * that are not recorded nothing is committed, and whoever ran the model has answered them.
 *
 * <p>An abort costs nothing but time: callers learn that they must ask again, the log is read again
 * from its committed offsets. Where the cluster is away for longer than a producer waits, it is
 * left to {@link #connect} to open the next one, which also settles what the last one left open.
 * Owns its transactions. Thread-safe.
 */
public final class WindowPublisher implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(WindowPublisher.class);

  /** What became of a window. */
  public enum Outcome {
    COMMITTED,
    ABORTED,
    /** Aborted, or not known to be committed, and {@link #connect} has to come before the next. */
    CUT_OFF
  }

  /** Whose the transactional id is. */
  public enum Ownership {
    HELD,
    /** Another process has it, or the brokers ended a transaction that took too long. */
    LOST,
    /** The brokers do not tell, and {@link #connect} has to come before the next question. */
    UNKNOWN
  }

  private static final String NOT_PUBLISHED = "The label could not be published, ask again: ";

  private final Supplier<Transactions> opening;
  private final TrafficRecords records;
  private final Teacher teacher;
  private final LabelQueue queue;
  private final Supplier<ConsumerGroupMetadata> group;
  private final TrafficMetrics metrics;
  private final InstantSource clock;

  private @Nullable Transactions transactions;
  private boolean opened;

  /**
   * @param opening opens transactions of this instance, or throws a {@link
   *     ClusterUnavailableException}
   */
  public WindowPublisher(
      Supplier<Transactions> opening,
      TrafficRecords records,
      Teacher teacher,
      LabelQueue queue,
      Supplier<ConsumerGroupMetadata> group,
      TrafficMetrics metrics,
      InstantSource clock) {
    this.opening = opening;
    this.records = records;
    this.teacher = teacher;
    this.queue = queue;
    this.group = group;
    this.metrics = metrics;
    this.clock = clock;
  }

  /**
   * Opens transactions, in place of those that ended if there were any. Whatever these left open is
   * committed or aborted then, and the log is read again from where that leads.
   *
   * @throws ClusterUnavailableException if the brokers do not answer
   */
  public synchronized void connect() {
    close();
    transactions = opening.get();
    if (opened) {
      queue.rewind();
    }
    opened = true;
  }

  /**
   * Commits a window, or aborts it and has its log records read again. Of a window that an outage
   * of the teacher ended early the callers' part is committed, and the log is read again.
   */
  public synchronized Outcome publish(LabelledWindow labelled) {
    Window window = labelled.window();
    Transactions current = transactions;
    if (current == null) {
      refuse(window, NOT_PUBLISHED + "the cluster is away");
      return Outcome.CUT_OFF;
    }
    boolean outdated = window.epoch() != queue.epoch();
    boolean cutShort = labelled.outage() != null;
    LabelSpans spans = records.spans(labelled.startedAt());
    try {
      Drafts drafts = draft(labelled, outdated || cutShort, spans);
      if (!drafts.isEmpty()) {
        commit(current, drafts);
      }
      spans.end();
      labelled.answerRecorded();
      metrics.labelled(drafts.softLabels());
      metrics.rejected(drafts.deadLetters());
      if (cutShort && !window.offsets().isEmpty() && !outdated) {
        // On this thread, and so not while offsets of an earlier window are being committed.
        queue.rewind();
      }
      return Outcome.COMMITTED;
    } catch (AbortedException | RegistryUnavailableException e) {
      spans.fail("aborted", "the window was not committed");
      refuse(window, NOT_PUBLISHED + e.getMessage());
      if (e instanceof AbortedException aborted && !aborted.producerUsable()) {
        log.warn("The cluster refused the teacher's producer: {}", e.getMessage());
        return Outcome.CUT_OFF;
      }
      log.warn("Window {} was not committed and is aborted: {}", window.number(), e.getMessage());
      if (!window.offsets().isEmpty() && !outdated) {
        queue.rewind();
      }
      return Outcome.ABORTED;
    } catch (FencedException e) {
      spans.fail("fenced", "another process has taken over, or the transaction expired");
      log.warn(
          "Another process has taken over this teacher's instance name, or its transaction expired");
      refuse(window, NOT_PUBLISHED + e.getMessage());
      return Outcome.CUT_OFF;
    } catch (UnknownOutcomeException e) {
      spans.fail("unknown_outcome", "it is not known whether the window was committed");
      log.warn("It is not known whether a window was committed: {}", e.getMessage());
      refuse(window, NOT_PUBLISHED + e.getMessage());
      return Outcome.CUT_OFF;
    }
  }

  private void commit(Transactions current, Drafts drafts)
      throws FencedException, AbortedException, UnknownOutcomeException {
    try {
      current.commit(
          producer -> drafts.records().forEach(producer::send),
          new ConsumedOffsets(drafts.offsets(), group.get()));
    } catch (IOException e) {
      throw new IllegalStateException("Records that are in memory are sent without reading", e);
    }
  }

  /** Asks the brokers whose the transactional id is. */
  public synchronized Ownership ownership() {
    if (transactions == null) {
      return Ownership.UNKNOWN;
    }
    Map<TopicPartition, OffsetAndMetadata> any =
        Map.of(new TopicPartition(records.requests().topic(), 0), new OffsetAndMetadata(0));
    try {
      transactions.requireOwned(new ConsumedOffsets(any, group.get()));
      return Ownership.HELD;
    } catch (FencedException e) {
      log.debug("Fenced", e);
      return Ownership.LOST;
    } catch (AbortedException e) {
      log.debug("The brokers do not tell", e);
      return Ownership.UNKNOWN;
    }
  }

  @Override
  public synchronized void close() {
    if (transactions != null) {
      transactions.close();
      transactions = null;
    }
  }

  /** Tells the callers of a window that it will not be answered. */
  public static void refuse(Window window, String reason) {
    NotLabelledException failure = new NotLabelledException(reason);
    window.http().forEach(text -> text.answer().completeExceptionally(failure));
  }

  /** The records of a window, encoded before the transaction begins so that it is short. */
  private record Drafts(
      List<ProducerRecord<String, byte[]>> records,
      int softLabels,
      int deadLetters,
      Map<TopicPartition, OffsetAndMetadata> offsets) {

    boolean isEmpty() {
      return records.isEmpty() && offsets.isEmpty();
    }
  }

  private Drafts draft(LabelledWindow labelled, boolean outdated, LabelSpans spans) {
    Window window = labelled.window();
    Instant now = clock.instant();
    List<ProducerRecord<String, byte[]>> drafts = new ArrayList<>();
    int softLabels = 0;
    int deadLetters = 0;
    for (HttpText text : window.http()) {
      TeacherAnswer said = labelled.answer(text).said();
      if (said != null && text.recorded()) {
        drafts.add(records.request(text));
        drafts.add(records.softLabel(text, teacher, said, now, spans.labelled(text)));
        softLabels++;
        if (text.groundTruth() != null) {
          drafts.add(records.groundTruth(text.requestId(), text.groundTruth(), now));
        }
      }
    }
    if (outdated) {
      return new Drafts(drafts, softLabels, deadLetters, Map.of());
    }
    for (LogEntry entry : window.log()) {
      TeacherAnswer said = entry instanceof LogText text ? labelled.answer(text).said() : null;
      if (said != null) {
        LogText text = (LogText) entry;
        drafts.add(records.softLabel(text, teacher, said, now, spans.labelled(text)));
        softLabels++;
      } else {
        spans.deadLetter(entry);
        drafts.add(records.deadLetter(entry.source(), reason(labelled, entry)));
        deadLetters++;
      }
    }
    return new Drafts(drafts, softLabels, deadLetters, window.offsets());
  }

  private static String reason(LabelledWindow labelled, LogEntry entry) {
    if (entry instanceof RefusedRecord refused) {
      return refused.reason();
    }
    return String.valueOf(labelled.answer((LogText) entry).failure());
  }
}

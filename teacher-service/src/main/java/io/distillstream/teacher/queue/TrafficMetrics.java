package io.distillstream.teacher.queue;

import io.distillstream.runtime.StageMetrics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Tags;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** What the labelling stage counts. */
public interface TrafficMetrics {

  /** Texts that were taken in to be labelled and recorded. */
  void received(int texts);

  /** Texts that were taken in to be answered only. */
  void unrecorded(int texts);

  /** Soft labels that were committed. */
  void labelled(int texts);

  /** Texts that were refused, and why. */
  void refused(Reason reason, int texts);

  /** Records that became dead letters. */
  void rejected(int texts);

  /**
   * The model answered texts of one source.
   *
   * @param seconds that it worked on them: of a batch of both sources, the part that they cost
   */
  void ran(Source source, int texts, double seconds);

  /** Where texts come from. */
  enum Source {
    HTTP,
    LOG;

    private Tags tags() {
      return Tags.of("source", name().toLowerCase(Locale.ROOT));
    }

    private String key(String name) {
      return name + "_" + name().toLowerCase(Locale.ROOT);
    }
  }

  /** Why texts are refused over HTTP. */
  enum Reason {
    /** Their answer was expected too late. */
    OVERLOAD,
    /** The queue had no room for them. */
    FULL,
    /** Nothing could be recorded just then, or not in time. */
    UNAVAILABLE;

    private Counter counter(StageMetrics stage) {
      String reason = name().toLowerCase(Locale.ROOT);
      return stage.counter(
          "texts_refused_" + reason,
          "texts_refused",
          Tags.of("reason", reason),
          "Texts refused over HTTP: overload, their answer was expected too late; full, the queue"
              + " had no room for them; unavailable, nothing could be recorded just then, or not"
              + " in time.");
    }
  }

  /** As counters of the stage. */
  static TrafficMetrics of(StageMetrics stage) {
    Counter received =
        stage.counter(
            "records_received",
            "Texts taken in, over HTTP and from the request log; without those that are answered"
                + " and not recorded.");
    Counter unrecorded =
        stage.counter(
            "texts_unrecorded",
            "Texts taken in over HTTP with \"record\": false, which are answered and leave no"
                + " record.");
    Counter labelled = stage.counter("records_labelled", "Soft labels committed.");
    Counter rejected =
        stage.counter("records_rejected", "Texts refused over HTTP and dead letters, together.");
    Counter deadLetters = stage.deadLetters();
    Map<Source, Counter> answered = new EnumMap<>(Source.class);
    Map<Source, Counter> worked = new EnumMap<>(Source.class);
    for (Source source : Source.values()) {
      answered.put(
          source,
          stage.counter(
              source.key("model_texts"),
              "model_texts",
              source.tags(),
              "Texts that the model answered, by where they came from."));
      worked.put(
          source,
          stage.counter(
              source.key("model_seconds"),
              "model_seconds",
              source.tags(),
              "Seconds that the model worked, by where the texts came from; a batch of both is"
                  + " divided by what they cost."));
    }
    Map<Reason, Counter> refused = new EnumMap<>(Reason.class);
    for (Reason reason : Reason.values()) {
      refused.put(reason, reason.counter(stage));
    }
    return new TrafficMetrics() {
      @Override
      public void received(int texts) {
        received.increment(texts);
      }

      @Override
      public void unrecorded(int texts) {
        unrecorded.increment(texts);
      }

      @Override
      public void labelled(int texts) {
        labelled.increment(texts);
      }

      @Override
      public void ran(Source source, int texts, double seconds) {
        Objects.requireNonNull(answered.get(source)).increment(texts);
        Objects.requireNonNull(worked.get(source)).increment(seconds);
      }

      @Override
      public void refused(Reason reason, int texts) {
        Objects.requireNonNull(refused.get(reason)).increment(texts);
        rejected.increment(texts);
      }

      @Override
      public void rejected(int texts) {
        rejected.increment(texts);
        deadLetters.increment(texts);
      }
    };
  }
}

package io.distillstream.tap.sample;

import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import java.time.Duration;
import java.util.List;

/** The settings of what is left out of the record once an exchange is over. */
public record SamplingSettings(Labels labels, Certainty certainty, NearDuplicate nearDuplicate) {

  /**
   * Frequent labels.
   *
   * @param share of the labels, beyond which one of them is thinned; 1 for none
   * @param characters of the longest answer that is a label
   */
  public record Labels(double share, int characters) {
    boolean thinned() {
      return share < 1;
    }
  }

  /**
   * Answers of which the model was sure.
   *
   * @param rate at which they are recorded; 1 for all
   * @param entropy mean entropy of a token, in nats, below which the model was sure
   */
  public record Certainty(double rate, double entropy) {
    boolean thinned() {
      return rate < 1;
    }
  }

  /**
   * Prompts that are nearly the same.
   *
   * @param window within which they are recorded once; zero: always
   * @param similarity from which two are nearly the same
   * @param prompts that are remembered at most
   */
  public record NearDuplicate(Duration window, double similarity, int prompts) {
    boolean suppressed() {
      return !window.isZero();
    }
  }

  private static final Setting<Double> LABEL_SHARE =
      Setting.decimal(
              "tap.label-share",
              1,
              "Share of the short answers beyond which one of them, which is taken for a label, is"
                  + " recorded more rarely, so that rare labels do not drown; 1: none is.")
          .between(LabelRates.LEAST_SHARE, 1.0);

  private static final Setting<Integer> LABEL_CHARACTERS =
      Setting.integer("tap.label-characters", 64, "The longest answer that is taken for a label.")
          .between(1, 1_000);

  private static final Setting<Double> SURE_RATE =
      Setting.decimal(
              "tap.sure-rate",
              1,
              "Share of the requests recorded whose answers the model was sure of, by"
                  + " tap.sure-entropy.")
          .between(0.0, 1.0);

  private static final Setting<Double> SURE_ENTROPY =
      Setting.decimal(
              "tap.sure-entropy",
              0.1,
              "Mean entropy of a token, in nats, below which the model was sure of an answer;"
                  + " without usable log-probabilities it never was.")
          .between(0.0, 20.0);

  private static final Setting<Duration> NEAR_DUPLICATE_WINDOW =
      Setting.duration(
              "tap.near-duplicate-window",
              Duration.ZERO,
              "How long nothing more is recorded whose prompt is nearly the same as one that was;"
                  + " 0ms: everything is.")
          .between(Duration.ZERO, Duration.ofDays(7));

  private static final Setting<Double> NEAR_DUPLICATE_SIMILARITY =
      Setting.decimal(
              "tap.near-duplicate-similarity",
              0.9,
              "Jaccard similarity of all runs of 8 bytes in two prompts from which they are nearly"
                  + " the same.")
          .between(NearDuplicates.LEAST_SIMILARITY, 1.0);

  private static final Setting<Integer> NEAR_DUPLICATE_PROMPTS =
      Setting.integer(
              "tap.near-duplicate-prompts",
              10_000,
              "The most prompts that are remembered for it, the newest; each takes about a"
                  + " kilobyte of memory.")
          .between(16, 1_000_000);

  /** Every setting of these. */
  public static List<Setting<?>> all() {
    return List.of(
        LABEL_SHARE,
        LABEL_CHARACTERS,
        SURE_RATE,
        SURE_ENTROPY,
        NEAR_DUPLICATE_WINDOW,
        NEAR_DUPLICATE_SIMILARITY,
        NEAR_DUPLICATE_PROMPTS);
  }

  /** Reads them. */
  public static SamplingSettings from(Settings settings) {
    return new SamplingSettings(
        new Labels(settings.get(LABEL_SHARE), settings.get(LABEL_CHARACTERS)),
        new Certainty(settings.get(SURE_RATE), settings.get(SURE_ENTROPY)),
        new NearDuplicate(
            settings.get(NEAR_DUPLICATE_WINDOW),
            settings.get(NEAR_DUPLICATE_SIMILARITY),
            settings.get(NEAR_DUPLICATE_PROMPTS)));
  }
}

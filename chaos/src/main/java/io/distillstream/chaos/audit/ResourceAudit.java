package io.distillstream.chaos.audit;

import io.distillstream.chaos.process.Stage;
import io.distillstream.chaos.watch.ResourceWatch.Life;
import io.distillstream.chaos.watch.ResourceWatch.Sample;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Compares what a process holds after it has warmed up with what it holds at its end. Processes
 * that did not live long enough are not judged.
 */
public final class ResourceAudit {
  /** After its start, while it loads classes and models. */
  private static final Duration WARM_UP = Duration.ofSeconds(60);

  /**
   * After the warm-up, over which a median is taken, and at the end, where the least counts. Native
   * memory that was freed goes back to the system once a minute, and has to have gone back once; of
   * a shorter life it is half of what came after the warm-up.
   */
  private static final Duration WINDOW = Duration.ofSeconds(90);

  private static final Duration LEAST_WINDOW = Duration.ofSeconds(45);
  private static final Duration JUDGED_AFTER = WARM_UP.plus(LEAST_WINDOW.multipliedBy(2));

  private static final double MOST_GROWTH = 0.25;
  private static final long MEMORY_ALLOWANCE = 64L << 20;
  private static final long HANDLES_ALLOWANCE = 32;
  private static final long MOST_LINES = 600;

  /** The figures of a stage, of that process of it that held most at its end. */
  public record Held(long warmRssBytes, long endRssBytes, long warmHandles, long endHandles) {}

  private ResourceAudit() {}

  /**
   * Judges all processes that lived long enough.
   *
   * @return what the largest judged process of each stage held
   */
  public static Map<Stage, Held> run(Map<Life, List<Sample>> lives, Evidence evidence) {
    Map<Stage, Held> largest = new EnumMap<>(Stage.class);
    lives.forEach(
        (life, samples) -> {
          if (samples.isEmpty() || !livedLongEnough(samples)) {
            return;
          }
          Held held = held(samples);
          if (held == null) {
            return;
          }
          judge(life, held, evidence);
          largest.merge(life.stage(), held, (a, b) -> a.endRssBytes() >= b.endRssBytes() ? a : b);
        });
    if (largest.isEmpty()) {
      evidence.notJudged(Promise.MEMORY_FLAT, "no process lived long enough");
      evidence.notJudged(Promise.HANDLES_FLAT, "no process lived long enough");
    }
    return largest;
  }

  /**
   * Judges the log lines.
   *
   * @param busiestMinute the most that each stage logged within a minute
   */
  public static void lines(Map<Stage, Long> busiestMinute, Evidence evidence) {
    busiestMinute.forEach(
        (stage, lines) -> {
          if (lines > MOST_LINES) {
            evidence.against(
                Promise.LOGS_BOUNDED,
                "%s logged %d lines within a minute, at most %d are expected"
                    .formatted(stage.text(), lines, MOST_LINES));
          }
        });
  }

  private static boolean livedLongEnough(List<Sample> samples) {
    return lifeNanos(samples) >= JUDGED_AFTER.toNanos();
  }

  private static long lifeNanos(List<Sample> samples) {
    return last(samples).nanoTime() - samples.get(0).nanoTime();
  }

  private static Sample last(List<Sample> samples) {
    return samples.get(samples.size() - 1);
  }

  /** Null if nothing was seen of it after its warm-up. */
  private static @Nullable Held held(List<Sample> samples) {
    long warm = samples.get(0).nanoTime() + WARM_UP.toNanos();
    long window = Math.min(WINDOW.toNanos(), (lifeNanos(samples) - WARM_UP.toNanos()) / 2);
    List<Sample> first = between(samples, warm, warm + window);
    if (first.isEmpty()) {
      return null;
    }
    long end = last(samples).nanoTime();
    List<Sample> last = between(samples, end - window, end + 1);
    return new Held(
        median(first, Sample::rssBytes),
        least(last, Sample::rssBytes),
        median(first, Sample::handles),
        least(last, Sample::handles));
  }

  /** A fault that has just ended, such as that of slow clients, may have held more meanwhile. */
  private static long least(List<Sample> samples, ToLongFunction<Sample> figure) {
    return samples.stream().mapToLong(figure).min().orElseThrow();
  }

  private static List<Sample> between(List<Sample> samples, long from, long to) {
    return samples.stream()
        .filter(sample -> from <= sample.nanoTime() && sample.nanoTime() < to)
        .toList();
  }

  private static long median(List<Sample> samples, ToLongFunction<Sample> figure) {
    long[] sorted = samples.stream().mapToLong(figure).sorted().toArray();
    return sorted[sorted.length / 2];
  }

  private static void judge(Life life, Held held, Evidence evidence) {
    // The heap is there from the start and cannot grow: of it no growth is to be tolerated.
    long heap = (long) life.stage().heapMib() << 20;
    long warm = Math.max(0, held.warmRssBytes() - heap);
    if (held.endRssBytes() - heap > warm * (1 + MOST_GROWTH) + MEMORY_ALLOWANCE) {
      evidence.against(
          Promise.MEMORY_FLAT,
          "%s (process %d) held %d MiB after its warm-up and %d MiB at its end"
              .formatted(
                  life.stage().text(),
                  life.pid(),
                  held.warmRssBytes() >> 20,
                  held.endRssBytes() >> 20));
    }
    if (held.endHandles() > held.warmHandles() * (1 + MOST_GROWTH) + HANDLES_ALLOWANCE) {
      evidence.against(
          Promise.HANDLES_FLAT,
          "%s (process %d) held %d handles after its warm-up and %d at its end"
              .formatted(life.stage().text(), life.pid(), held.warmHandles(), held.endHandles()));
    }
  }
}

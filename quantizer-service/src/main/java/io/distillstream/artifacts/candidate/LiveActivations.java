package io.distillstream.artifacts.candidate;

import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.ActivationSource;
import io.distillstream.quantization.calibrate.CalibrationSettings;
import io.distillstream.quantization.calibrate.CalibrationState;
import io.distillstream.quantization.calibrate.Calibrator;
import io.distillstream.quantization.engine.Sample;
import io.distillstream.quantization.search.Progress;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calibration that follows the stream: histograms of the student's activations on recent traffic,
 * in which older texts fade. They outlive checkpoints, since a student changes little from one to
 * the next, and restarts, in a file. A student with other layers starts anew.
 *
 * <p>Not thread-safe.
 */
final class LiveActivations {
  private static final Logger log = LoggerFactory.getLogger(LiveActivations.class);

  private final Path file;
  private final CalibrationSettings settings;
  private long newestTimestamp = Long.MIN_VALUE;

  LiveActivations(Path file, CalibrationSettings settings) {
    this.file = file;
    this.settings = settings;
  }

  /** A text's record time and what the model is fed. */
  record TimedSample(long timestamp, Sample sample) {}

  /**
   * Adds what the model makes of those texts that are newer than any before; of all of them where
   * nothing is known of the model yet.
   *
   * @param texts newest first
   * @param most how many of them are looked at
   */
  ActivationSource adding(List<TimedSample> texts, int most) {
    return (model, tensors, progress) -> {
      Optional<CalibrationState> before = read(tensors);
      long seen = before.isPresent() ? newestTimestamp : Long.MIN_VALUE;
      List<TimedSample> unseen =
          texts.stream().filter(text -> text.timestamp() > seen).limit(most).toList();
      if (unseen.isEmpty()) {
        return before;
      }
      CalibrationState now = observe(model, tensors, before, unseen, progress);
      newestTimestamp =
          texts.stream().mapToLong(TimedSample::timestamp).max().orElse(newestTimestamp);
      write(now);
      return Optional.of(now);
    };
  }

  private CalibrationState observe(
      OnnxModel model,
      Set<String> tensors,
      Optional<CalibrationState> before,
      List<TimedSample> unseen,
      Progress progress) {
    try (Calibrator calibrator =
        before.isPresent()
            ? new Calibrator(model, before.get(), settings)
            : new Calibrator(model, tensors, settings)) {
      int done = 0;
      for (int i = unseen.size() - 1; i >= 0; i--) {
        calibrator.observe(unseen.get(i).sample());
        progress.at("calibrating", ++done, unseen.size());
      }
      return calibrator.state();
    }
  }

  private Optional<CalibrationState> read(Set<String> tensors) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      CalibrationState state = CalibrationState.readFrom(in);
      return Optional.of(state).filter(found -> found.tensors().equals(tensors));
    } catch (IOException | IllegalArgumentException e) {
      log.warn("What was calibrated before cannot be read from {}; it starts anew", file, e);
      return Optional.empty();
    }
  }

  private void write(CalibrationState state) {
    Path partial = file.resolveSibling(file.getFileName() + ".partial");
    try {
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(partial))) {
        state.writeTo(out);
      }
      Files.move(
          partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot keep calibration in " + file, e);
    }
  }
}

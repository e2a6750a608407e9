package io.distillstream.quantization.engine;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import io.distillstream.onnx.InvalidModelException;
import io.distillstream.onnx.OnnxModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * ONNX Runtime's own optimisations of a graph, done once instead of each time a device loads it.
 *
 * <p>They go up to the level EXTENDED, which fuses nodes and runs on any processor. The level above
 * lays weights out for the processor that it runs on, so its files are of use to no other one.
 */
public final class AheadOfTime {
  private AheadOfTime() {}

  /**
   * The model in ORT format, which builds of ONNX Runtime without an ONNX parser read, too.
   *
   * @throws InvalidModelException if ONNX Runtime refuses the model
   */
  public static byte[] ortFormat(OnnxModel model) {
    return optimized(model, "ORT");
  }

  /**
   * The model as an ONNX file with fused nodes; some of them are of ONNX Runtime's own domains, so
   * no other engine reads it.
   *
   * @throws InvalidModelException if ONNX Runtime refuses the model
   */
  public static byte[] onnxFormat(OnnxModel model) {
    return optimized(model, "ONNX");
  }

  private static byte[] optimized(OnnxModel model, String format) {
    try {
      Path file = Files.createTempFile("optimized", "." + format);
      try (SessionOptions options = new SessionOptions()) {
        options.setIntraOpNumThreads(1);
        options.setInterOpNumThreads(1);
        options.setOptimizationLevel(OptLevel.EXTENDED_OPT);
        options.setOptimizedModelFilePath(file.toString());
        options.addConfigEntry("session.save_model_format", format);
        // Loading is what writes the file.
        Sessions.open(model, options).close();
        return Files.readAllBytes(file);
      } catch (OrtException e) {
        throw Refusal.of(e);
      } finally {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot keep an optimized model in a temporary file", e);
    }
  }
}

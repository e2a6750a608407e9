package io.distillstream.device.inference;

import static ai.onnxruntime.OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.model.LabelSpace;
import io.distillstream.model.ModelFormatException;
import io.distillstream.model.ModelMetadata;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A text classifier in one ONNX file: text in, logits out; tokenizer and labels come from the
 * file's metadata. The only place that touches ONNX Runtime. Thread-safe; owns the native session.
 *
 * <p>The graph takes {@code input_ids} and {@code attention_mask}, int64 [batch, tokens], and gives
 * {@code logits}, float32 [batch, classes].
 *
 * <p>Every text runs alone, as a batch of one. A dynamically quantized model derives its activation
 * scales from the whole batch, so that in a larger one a text's answer would depend on its
 * neighbours.
 */
public final class OnnxClassifier implements AutoCloseable {

  private static final String INPUT_IDS = "input_ids";
  private static final String ATTENTION_MASK = "attention_mask";
  private static final String LOGITS = "logits";

  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;
  private final OrtSession.SessionOptions options;
  private final ModelMetadata metadata;

  private OnnxClassifier(
      OrtSession session, OrtSession.SessionOptions options, ModelMetadata metadata) {
    this.session = session;
    this.options = options;
    this.metadata = metadata;
  }

  /** Opens a model file with one computation thread. */
  @MustBeClosed
  public static OnnxClassifier open(Path file) throws UnusableModelException {
    return open(file, 1);
  }

  /**
   * Opens a model file.
   *
   * @param threads ONNX Runtime's intra-operator threads
   * @throws UnusableModelException if it is not a text classifier of this shape, or ONNX Runtime
   *     cannot load it
   */
  @MustBeClosed
  public static OnnxClassifier open(Path file, int threads) throws UnusableModelException {
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    OrtSession session = null;
    try {
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      // A device does not burn a core waiting for the next text.
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      // Native log lines would go to standard error; what fails comes as an exception besides.
      session =
          OrtEnvironment.getEnvironment(ORT_LOGGING_LEVEL_FATAL)
              .createSession(file.toString(), options);
      Map<String, String> properties = session.getMetadata().getCustomMetadata();
      ModelMetadata metadata = ModelMetadata.fromMap(properties);
      requireInputs(session);
      requireLogits(session, metadata.labels().size());
      OnnxClassifier classifier = new OnnxClassifier(session, options, metadata);
      session = null;
      return classifier;
    } catch (OrtException e) {
      throw new UnusableModelException("ONNX Runtime cannot load it: " + e.getMessage(), e);
    } catch (ModelFormatException e) {
      throw new UnusableModelException("its metadata is incomplete: " + e.getMessage(), e);
    } finally {
      if (session != null) {
        closeSession(session);
        options.close();
      }
    }
  }

  /** The classes, in the order of the logits. */
  public LabelSpace labels() {
    return metadata.labels();
  }

  /** What the file says about itself. */
  public ModelMetadata metadata() {
    return metadata;
  }

  /**
   * Raw logits of one text.
   *
   * @return [classes]
   * @throws InferenceException if ONNX Runtime fails
   */
  public float[] logits(String text) {
    int[] tokens = metadata.tokenizer().encode(text, metadata.maxTokens());
    long[][] ids = new long[1][tokens.length];
    long[][] mask = new long[1][tokens.length];
    for (int i = 0; i < tokens.length; i++) {
      ids[0][i] = tokens[i];
      mask[0][i] = 1;
    }
    try (OnnxTensor idsTensor = OnnxTensor.createTensor(environment, ids);
        OnnxTensor maskTensor = OnnxTensor.createTensor(environment, mask);
        OrtSession.Result result =
            session.run(Map.of(INPUT_IDS, idsTensor, ATTENTION_MASK, maskTensor), Set.of(LOGITS))) {
      float[][] logits = (float[][]) result.get(0).getValue();
      return logits[0];
    } catch (OrtException e) {
      throw new InferenceException("ONNX Runtime failed: " + e.getMessage(), e);
    }
  }

  /** Raw logits of each text, [texts, classes]; each as if asked alone. */
  public float[][] logits(List<String> texts) {
    float[][] logits = new float[texts.size()][];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = logits(texts.get(i));
    }
    return logits;
  }

  /** Frees the native session; no call may be under way or follow. */
  @Override
  public void close() {
    closeSession(session);
    options.close();
  }

  private static void requireInputs(OrtSession session)
      throws OrtException, UnusableModelException {
    Map<String, NodeInfo> inputs = session.getInputInfo();
    if (!inputs.keySet().equals(Set.of(INPUT_IDS, ATTENTION_MASK))) {
      throw new UnusableModelException(
          String.format(
              "its inputs are %s, expected %s and %s", inputs.keySet(), INPUT_IDS, ATTENTION_MASK));
    }
    for (NodeInfo input : inputs.values()) {
      requireMatrix(input, OnnxJavaType.INT64);
    }
  }

  private static void requireLogits(OrtSession session, int classes)
      throws OrtException, UnusableModelException {
    NodeInfo logits = session.getOutputInfo().get(LOGITS);
    if (logits == null) {
      throw new UnusableModelException(
          String.format("it has no output %s, only %s", LOGITS, session.getOutputNames()));
    }
    long columns = requireMatrix(logits, OnnxJavaType.FLOAT)[1];
    // A symbolic number of classes shows only when the model runs.
    if (columns >= 0 && columns != classes) {
      throw new UnusableModelException(
          String.format("it gives %d logits for %d labels", columns, classes));
    }
  }

  private static long[] requireMatrix(NodeInfo node, OnnxJavaType type)
      throws UnusableModelException {
    if (node.getInfo() instanceof TensorInfo tensor
        && tensor.type == type
        && tensor.getShape().length == 2) {
      return tensor.getShape();
    }
    throw new UnusableModelException(
        String.format("%s is %s, expected a matrix of %s", node.getName(), node.getInfo(), type));
  }

  private static void closeSession(OrtSession session) {
    try {
      session.close();
    } catch (OrtException e) {
      throw new InferenceException("ONNX Runtime cannot close a session: " + e.getMessage(), e);
    }
  }
}

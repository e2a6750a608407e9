package io.distillstream.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.distillstream.foundation.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An ONNX model as one value: graph, weights and metadata. Immutable; {@code with…} methods answer
 * a changed copy that shares the weights.
 */
public final class OnnxModel {
  /** Name of the operator set that every ONNX model uses. */
  public static final String DEFAULT_DOMAIN = "";

  /** The domain of operators that ONNX Runtime has and the standard lacks. */
  public static final String MICROSOFT_DOMAIN = "com.microsoft";

  private final ModelProto proto;
  private final Map<String, TensorProto> initializers;

  private OnnxModel(ModelProto proto) {
    this.proto = proto;
    Map<String, TensorProto> byName = new LinkedHashMap<>();
    for (TensorProto tensor : proto.getGraph().getInitializerList()) {
      if (byName.putIfAbsent(tensor.getName(), tensor) != null) {
        throw new InvalidModelException("Initializer %s occurs twice".formatted(tensor.getName()));
      }
    }
    this.initializers = byName;
  }

  /**
   * Wraps a parsed file. Nodes that are out of order are put into one in which they can run, and of
   * several nodes with one name all but the first get another.
   *
   * @throws InvalidModelException if it has no graph or operator set, if a name is defined twice,
   *     or used and never defined, if nodes wait for each other, if a constant is not as large as
   *     it claims to be, is sparse or lies in another file, or if the whole is too large for one
   *     file
   */
  public static OnnxModel of(ModelProto proto) {
    GraphProto graph = proto.getGraph();
    if (graph.getNodeCount() == 0) {
      throw new InvalidModelException("Not an ONNX model: it has no graph");
    }
    if (proto.getOpsetImportCount() == 0) {
      throw new InvalidModelException("Not an ONNX model: it names no operator set");
    }
    checkConstants(graph);
    List<NodeProto> sorted = NodeNames.distinct(TopologicalOrder.of(graph.getNodeList()));
    OnnxModel model =
        new OnnxModel(
            sorted.equals(graph.getNodeList())
                ? proto
                : proto.toBuilder()
                    .setGraph(graph.toBuilder().clearNode().addAllNode(sorted))
                    .build());
    GraphCheck.of(
        model.inputNames(),
        model.initializers.keySet(),
        sorted,
        graph.getOutputList().stream().map(ValueInfoProto::getName).toList(),
        model.opsets().keySet());
    return model;
  }

  private static void checkConstants(GraphProto graph) {
    if (graph.getSparseInitializerCount() > 0) {
      throw new InvalidModelException(
          "Initializer %s is sparse; only dense ones are supported"
              .formatted(graph.getSparseInitializer(0).getValues().getName()));
    }
    long totalBytes = 0;
    for (TensorProto tensor : graph.getInitializerList()) {
      if (ExternalData.isExternal(tensor)) {
        throw new InvalidModelException(
            "Tensor %s keeps its values in the file %s; give the path of the model, so that its folder is known"
                .formatted(tensor.getName(), ExternalData.location(tensor)));
      }
      TensorCheck.check(tensor);
      totalBytes += tensor.getSerializedSize();
    }
    SizeLimit.check(totalBytes, "The model");
  }

  /** Parses a whole file held in memory. */
  public static OnnxModel read(byte[] file) {
    return typed(of(ModelFile.parse(file)));
  }

  /** Reads to the end of the stream, which the caller closes. */
  public static OnnxModel read(InputStream in) throws IOException {
    return typed(of(ModelFile.parse(in, "The given stream")));
  }

  /**
   * Reads a file, and those in its folder in which it keeps weights.
   *
   * @throws InvalidModelException if it is no ONNX model, or one that {@link #of} refuses
   */
  public static OnnxModel read(Path file) throws IOException {
    return typed(of(ExternalData.load(ModelFile.parse(file), file)));
  }

  /** ONNX Runtime finds the types of outputs by itself; whoever gives a file has to say them. */
  private static OnnxModel typed(OnnxModel model) {
    model.proto.getGraph().getOutputList().forEach(Port::requireType);
    return model;
  }

  /** The file as bytes; equal models give equal bytes. */
  public byte[] bytes() {
    return proto.toByteArray();
  }

  /** Writes the file to a stream, which the caller closes. */
  public void writeTo(OutputStream out) throws IOException {
    proto.writeTo(out);
  }

  /** SHA-256 of the file, lower-case hexadecimal. */
  public String sha256() {
    MessageDigest digest = Sha256.digest();
    try (OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
      writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException("Writing to nowhere failed", e);
    }
    return Sha256.hex(digest);
  }

  /** Size of the file. */
  public int sizeBytes() {
    return proto.getSerializedSize();
  }

  /**
   * Writes the file so that a reader finds the old one or the whole new one, also after a power
   * failure.
   */
  public void write(Path target) throws IOException {
    Path folder = target.toAbsolutePath().getParent();
    Path partial = Files.createTempFile(folder, target.getFileName().toString(), ".partial");
    try {
      try (FileChannel channel = FileChannel.open(partial, StandardOpenOption.WRITE)) {
        OutputStream out = Channels.newOutputStream(channel);
        proto.writeTo(out);
        channel.force(true);
      }
      Files.move(
          partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  /** The parsed file, for those that rewrite graphs. */
  public ModelProto proto() {
    return proto;
  }

  /** Nodes in an order in which they can run. */
  public List<NodeProto> nodes() {
    return proto.getGraph().getNodeList();
  }

  /** What the caller feeds: the declared inputs that are no initializers. */
  public List<Port> inputs() {
    return proto.getGraph().getInputList().stream()
        .filter(input -> !initializers.containsKey(input.getName()))
        .map(Port::fromProto)
        .toList();
  }

  private List<String> inputNames() {
    return proto.getGraph().getInputList().stream()
        .map(ValueInfoProto::getName)
        .filter(name -> !initializers.containsKey(name))
        .toList();
  }

  public List<Port> outputs() {
    return proto.getGraph().getOutputList().stream().map(Port::fromProto).toList();
  }

  /** Names of all initializers, in the order of the file. */
  public Set<String> initializerNames() {
    return Collections.unmodifiableSet(initializers.keySet());
  }

  /** The constant of that name. */
  public Optional<Tensor> initializer(String name) {
    return Optional.ofNullable(initializers.get(name)).map(Tensor::new);
  }

  /** Whether a domain is that of ONNX's own operators, which has two names. */
  public static boolean isDefaultDomain(String domain) {
    return domain.equals(DEFAULT_DOMAIN) || domain.equals("ai.onnx");
  }

  /** Version of the default operator set. */
  public long opset() {
    return opsets().entrySet().stream()
        .filter(e -> isDefaultDomain(e.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseThrow(() -> new InvalidModelException("The default operator set is missing"));
  }

  /** Version of every operator set in use, by domain. */
  public Map<String, Long> opsets() {
    Map<String, Long> versions = new LinkedHashMap<>();
    for (OperatorSetIdProto opset : proto.getOpsetImportList()) {
      versions.put(opset.getDomain(), opset.getVersion());
    }
    return versions;
  }

  public long irVersion() {
    return proto.getIrVersion();
  }

  /** The metadata in the order of the file. */
  public Map<String, String> metadata() {
    Map<String, String> metadata = new LinkedHashMap<>();
    for (StringStringEntryProto entry : proto.getMetadataPropsList()) {
      metadata.put(entry.getKey(), entry.getValue());
    }
    return metadata;
  }

  /** The same model with exactly this metadata. */
  public OnnxModel withMetadata(Map<String, String> metadata) {
    ModelProto.Builder changed = proto.toBuilder().clearMetadataProps();
    metadata.forEach((key, value) -> changed.addMetadataProps(entry(key, value)));
    return new OnnxModel(changed.build());
  }

  static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  /** Names and sizes, without the weights. */
  @Override
  public String toString() {
    GraphProto graph = proto.getGraph();
    return "OnnxModel[%s, opset %d, %d nodes, %d initializers, %d bytes]"
        .formatted(
            graph.getName(),
            opset(),
            graph.getNodeCount(),
            graph.getInitializerCount(),
            sizeBytes());
  }
}

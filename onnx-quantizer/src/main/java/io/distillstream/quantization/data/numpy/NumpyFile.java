package io.distillstream.quantization.data.numpy;

import com.google.errorprone.annotations.MustBeClosed;
import io.distillstream.model.ModelMetadata;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.onnx.Port;
import io.distillstream.quantization.data.InputTensor;
import io.distillstream.quantization.data.InvalidSamplesException;
import io.distillstream.quantization.data.LabelledSample;
import io.distillstream.quantization.data.Labels;
import io.distillstream.quantization.data.SampleSource;
import io.distillstream.quantization.data.Samples;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * NumPy's arrays, whose first axis is the samples: {@code .npz} with one array per input under its
 * name, and {@code label} or {@code labels} if known; {@code .npy} for a model with one input.
 * There the array of a {@code .npz} may have any name. Other arrays are passed over.
 *
 * <p>Read by a reader of its own, since those on Maven Central read whole arrays into memory.
 */
public final class NumpyFile implements Samples {
  private static final String SUFFIX = ".npy";
  private static final List<String> LABELS = List.of("label", "labels");

  private final Path file;
  private final List<Port> inputs;
  private final Labels labels;
  private final boolean zipped;

  public NumpyFile(Path file, OnnxModel model, Optional<ModelMetadata> metadata, boolean zipped) {
    this.file = file;
    this.inputs = model.inputs();
    this.labels = new Labels(metadata);
    this.zipped = zipped;
    if (!zipped && inputs.size() != 1) {
      throw new InvalidSamplesException(
          "%s holds one array, the model takes %s; put one per input into a .npz"
              .formatted(file, describe()));
    }
  }

  @Override
  @MustBeClosed
  public Stream<LabelledSample> stream() throws IOException {
    List<Closeable> owned = new ArrayList<>();
    try {
      return SampleSource.stream(zipped ? arrays(owned) : array(owned));
    } catch (IOException | RuntimeException e) {
      NumpySource.close(owned);
      throw e;
    }
  }

  private NumpySource array(List<Closeable> owned) throws IOException {
    NpyArray array =
        NpyArray.open(new BufferedInputStream(Files.newInputStream(file)), file.toString());
    owned.add(array);
    return new NumpySource(file, Map.of(inputs.get(0), array), Optional.empty(), labels, owned);
  }

  private NumpySource arrays(List<Closeable> owned) throws IOException {
    ZipFile zip = open();
    owned.add(zip);
    Map<Port, NpyArray> arrays = new LinkedHashMap<>();
    for (Port input : inputs) {
      arrays.put(input, open(zip, nameFor(input, names(zip)), owned));
    }
    Optional<String> label = LABELS.stream().filter(names(zip)::contains).findFirst();
    Optional<NpyArray> truth =
        label.isPresent() ? Optional.of(open(zip, label.get(), owned)) : Optional.empty();
    return new NumpySource(file, arrays, truth, labels, owned);
  }

  private ZipFile open() throws IOException {
    try {
      return new ZipFile(file.toFile());
    } catch (ZipException e) {
      throw new InvalidSamplesException("%s is not a .npz: %s".formatted(file, e.getMessage()), e);
    }
  }

  private String nameFor(Port input, List<String> names) {
    if (names.contains(input.name())) {
      return input.name();
    }
    List<String> others = names.stream().filter(name -> !LABELS.contains(name)).toList();
    if (inputs.size() == 1 && others.size() == 1) {
      return others.get(0);
    }
    throw new InvalidSamplesException(
        "%s holds the arrays %s; the model takes %s, so %s is missing"
            .formatted(file, names, describe(), input.name()));
  }

  private NpyArray open(ZipFile zip, String name, List<Closeable> owned) throws IOException {
    InputStream entry = zip.getInputStream(zip.getEntry(name + SUFFIX));
    NpyArray array =
        NpyArray.open(new BufferedInputStream(entry), "%s: array %s".formatted(file, name));
    owned.add(array);
    return array;
  }

  private static List<String> names(ZipFile zip) {
    List<String> names = new ArrayList<>();
    for (Enumeration<? extends ZipEntry> e = zip.entries(); e.hasMoreElements(); ) {
      String name = e.nextElement().getName();
      if (name.endsWith(SUFFIX)) {
        names.add(name.substring(0, name.length() - SUFFIX.length()));
      }
    }
    return names;
  }

  private List<String> describe() {
    return inputs.stream().map(InputTensor::describe).toList();
  }

  @Override
  public String description() {
    return file.toString();
  }
}

package io.distillstream.quantization.data;

import io.distillstream.model.LabelSpace;
import io.distillstream.model.ModelMetadata;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads the true class of a sample: an index, or a name where the model's metadata has names. */
public final class Labels {
  private final Optional<LabelSpace> names;

  public Labels(Optional<ModelMetadata> metadata) {
    names = metadata.map(ModelMetadata::labels);
  }

  /**
   * The class that a name or number means.
   *
   * @param place where it stands, for the error
   */
  public int index(String label, String place) {
    int named = names.map(space -> space.indexOf(label)).orElse(-1);
    if (named >= 0) {
      return named;
    }
    try {
      return index(Long.parseLong(label.strip()), place);
    } catch (NumberFormatException e) {
      throw new InvalidSamplesException(
          "%s: expected %s, got \"%s\"".formatted(place, accepted(), label), e);
    }
  }

  /** The class of a sample that may have none. */
  public OptionalInt index(Optional<String> label, String place) {
    return label.isPresent() ? OptionalInt.of(index(label.get(), place)) : OptionalInt.empty();
  }

  /** The class of that number. */
  public int index(long label, String place) {
    if (label < 0 || label >= names.map(LabelSpace::size).orElse(Integer.MAX_VALUE)) {
      throw new InvalidSamplesException(
          "%s: expected %s, got %d".formatted(place, accepted(), label));
    }
    return (int) label;
  }

  private String accepted() {
    return names
        .map(
            space ->
                "a class from 0 to %d, or one of %s".formatted(space.size() - 1, space.labels()))
        .orElse("a class as a number from 0 on, as the model names none");
  }
}

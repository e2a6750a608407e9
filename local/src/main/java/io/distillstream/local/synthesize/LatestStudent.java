package io.distillstream.local.synthesize;

import io.distillstream.avro.Checkpoint;
import io.distillstream.local.evaluate.answer.Answer;
import io.distillstream.local.evaluate.answer.Answerer;
import io.distillstream.local.evaluate.answer.NewestStudent;
import io.distillstream.local.settings.ClusterSettings;
import io.distillstream.local.terminal.CommandFailedException;
import io.distillstream.model.LabelSpace;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The pipeline's student as its newest checkpoint has it. Used by one thread. */
final class LatestStudent implements StudentView, AutoCloseable {

  private final ClusterSettings cluster;
  private final String model;
  private long version;
  private long live;
  private long fetched;
  private @Nullable Answerer student;

  LatestStudent(ClusterSettings cluster, String model) {
    this.cluster = cluster;
    this.model = model;
  }

  @Override
  public void refresh() throws IOException {
    Optional<Checkpoint> newest = NewestStudent.manifest(cluster, model);
    if (newest.isPresent()) {
      version = newest.get().getVersion();
      live =
          newest.get().getRecordsTrained()
              - newest.get().getAugmentedTrained()
              - newest.get().getSyntheticTrained();
    }
  }

  @Override
  public long version() {
    return version;
  }

  @Override
  public long liveTrained() {
    return live;
  }

  @Override
  public Optional<List<Answer>> answers(List<String> texts, LabelSpace order)
      throws IOException, InterruptedException {
    Answerer known = student();
    if (known == null) {
      return Optional.empty();
    }
    int[] places = order.labels().stream().mapToInt(known.labels()::indexOf).toArray();
    for (int place : places) {
      if (place < 0 || places.length != known.labels().size()) {
        throw new CommandFailedException(
            "%s has %d labels, and not the %d of the teacher; --url and trainer.model have to be of"
                    .formatted(known.description(), known.labels().size(), places.length)
                + " one pipeline");
      }
    }
    return Optional.of(known.answer(texts).stream().map(answer -> answer.inOrder(places)).toList());
  }

  /** Fetched when it is asked, and again when there is a newer one. */
  private @Nullable Answerer student() throws IOException {
    if (fetched != version) {
      close();
      student = NewestStudent.fetch(cluster, model).orElse(null);
      fetched = version;
    }
    return student;
  }

  @Override
  public void close() {
    Answerer open = student;
    student = null;
    if (open != null) {
      open.close();
    }
  }
}

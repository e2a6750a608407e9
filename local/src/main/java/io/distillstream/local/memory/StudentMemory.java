package io.distillstream.local.memory;

import io.distillstream.trainer.settings.TrainerSettings;
import io.distillstream.trainer.student.StudentSize;
import io.distillstream.trainer.student.StudentSpec;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/**
 * Whether a student fits into the memory of a process that trains or quantizes it.
 *
 * @param trains whether that process trains it
 * @param quantizes whether it quantizes it
 * @param spec of the student
 */
public record StudentMemory(
    boolean trains, boolean quantizes, TrainerSettings settings, StudentSpec spec) {

  private MemoryNeed need() {
    return need(spec);
  }

  private MemoryNeed need(StudentSpec student) {
    return MemoryNeed.of(trains, quantizes, settings.memory(student));
  }

  /** The option by which Java's heap is allowed to grow as far as this student needs it here. */
  public String heapOption(long available) {
    return Bytes.maxHeap(need().heapToAllow(available));
  }

  /** What it takes and what there is, in a line. */
  public String text(long available) {
    return "%,d parameters: %s of memory, %s of them Java heap (%s); %s are available"
        .formatted(
            spec.size(),
            Bytes.gib(need().bytes()),
            Bytes.gib(need().heapBytes()),
            heapOption(available),
            Bytes.gib(available));
  }

  /** Why it does not fit into this process on this machine, if it does not. */
  public Optional<String> problem() {
    // Not what is available at this moment, or a restart while memory is short would be refused.
    return problem(Runtime.getRuntime().maxMemory(), MachineMemory.total());
  }

  /**
   * Why it does not fit, with both figures and what would; empty where it does.
   *
   * @param heap how far the heap may grow
   * @param available for the process
   */
  public Optional<String> problem(long heap, long available) {
    MemoryNeed need = need();
    if (need.bytes() > available) {
      return Optional.of(
          "a student of %,d parameters takes %s of memory here, %s of them Java heap; %s are available: %s"
              .formatted(
                  spec.size(),
                  Bytes.gib(need.bytes()),
                  Bytes.gib(need.heapBytes()),
                  Bytes.gib(available),
                  fitting(available)));
    }
    return need.heapBytes() <= heap
        ? Optional.empty()
        : Optional.of(
            "a student of %,d parameters takes %s of Java heap here, which may grow to %s: start Java with %s"
                .formatted(
                    spec.size(),
                    Bytes.gib(need.heapBytes()),
                    Bytes.gib(heap),
                    heapOption(available)));
  }

  private String fitting(long available) {
    String smaller =
        Arrays.stream(StudentSize.values())
            .sorted(Comparator.reverseOrder())
            .filter(size -> need(size).bytes() <= available)
            .findFirst()
            .map(
                size ->
                    "trainer.size = %s fits (%s)"
                        .formatted(
                            size.name().toLowerCase(Locale.ROOT), Bytes.gib(need(size).bytes())))
            .orElse("no ready-made size fits");
    return smaller
        + "; a smaller trainer.batch-size takes less; trainer.check-memory = false starts anyway";
  }

  private MemoryNeed need(StudentSize size) {
    return need(size.classifier(spec.vocabularySize(), spec.classes()));
  }
}

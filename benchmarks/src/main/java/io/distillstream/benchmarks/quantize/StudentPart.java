package io.distillstream.benchmarks.quantize;

import io.distillstream.local.wordnet.Gloss;
import io.distillstream.model.ModelMetadata;
import io.distillstream.model.TokenBatch;
import io.distillstream.onnx.OnnxModel;
import io.distillstream.quantization.engine.Sample;
import io.distillstream.quantization.engine.TensorValue;
import io.distillstream.quantization.engine.TextInput;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** A student of this project in every scheme: size, quality, and speed-up over fp32. */
final class StudentPart {
  /** The command's options for each run of it. */
  private static final List<List<String>> GATED =
      List.of(
          List.of("--scheme", "int8-dynamic", "--scheme", "int8-static"),
          List.of("--scheme", "int8-weights", "--scheme", "int4-weights", "--scheme", "fp16"),
          List.of("--scheme", "int4-weights", "--max-fallback-layers", "0"));

  /** The same without a gate, where answers mean nothing. */
  private static final List<List<String>> UNGATED =
      Stream.of(GATED.get(0), GATED.get(1))
          .map(run -> Stream.concat(run.stream(), Stream.of("--max-fallback-layers=0")).toList())
          .toList();

  private static final int BATCH = 8;
  private static final int ROUNDS = 10;

  private final Workspace workspace;
  private final PrintWriter out;

  StudentPart(Workspace workspace, PrintWriter out) {
    this.workspace = workspace;
    this.out = out;
  }

  /**
   * Quantizes a trained student, and measures what it is worth.
   *
   * @param model fp32, with labels and tokenizer in its metadata
   * @param traffic to calibrate on and to hold the gate, none of it learned
   * @param heldOut to measure on
   * @param timed how many of these are timed
   */
  void run(Path model, List<Gloss> traffic, List<Gloss> heldOut, int timed) throws IOException {
    List<MeasuredModel> candidates = candidates(model, traffic, "10000", GATED);
    ModelMetadata metadata = ModelMetadata.fromMap(candidates.get(0).model().metadata());
    List<Sample> texts = batches(metadata, heldOut, 1);
    List<Integer> truth =
        heldOut.stream().map(text -> metadata.labels().indexOf(text.label())).toList();
    List<Integer> original = candidates.get(0).classes(texts);
    double accuracy = MeasuredModel.agreement(original, truth);
    out.println("| model | bytes | of fp32 | accuracy | lost, points | agreement with fp32 |");
    out.println("|---|---|---|---|---|---|");
    for (MeasuredModel candidate : candidates) {
      List<Integer> classes = candidate.classes(texts);
      double reached = MeasuredModel.agreement(classes, truth);
      out.printf(
          Locale.ROOT,
          "| %s | %s | %.4f | %.2f | %.4f |%n",
          candidate.name(),
          size(candidate, candidates.get(0)),
          reached,
          100 * (accuracy - reached),
          MeasuredModel.agreement(classes, original));
      out.flush();
    }
    out.println();
    speed(candidates, metadata, heldOut.subList(0, Math.min(timed, heldOut.size())));
  }

  /** The same without quality, for a model whose weights mean nothing. */
  void speedOnly(Path model, List<Gloss> traffic, List<Gloss> heldOut, int timed)
      throws IOException {
    List<MeasuredModel> candidates = candidates(model, traffic, "32", UNGATED);
    ModelMetadata metadata = ModelMetadata.fromMap(candidates.get(0).model().metadata());
    out.println("| model | bytes | of fp32 |");
    out.println("|---|---|---|");
    for (MeasuredModel candidate : candidates) {
      out.printf("| %s | %s |%n", candidate.name(), size(candidate, candidates.get(0)));
    }
    out.println();
    speed(candidates, metadata, heldOut.subList(0, Math.min(timed, heldOut.size())));
  }

  private List<MeasuredModel> candidates(
      Path model, List<Gloss> traffic, String judged, List<List<String>> runs) throws IOException {
    String name = model.getFileName().toString();
    Path texts = workspace.labelledTexts(name + ".jsonl", traffic);
    Map<String, MeasuredModel> all = new LinkedHashMap<>();
    double seconds = 0;
    for (List<String> run : runs) {
      List<String> schemes = new ArrayList<>(run);
      schemes.addAll(List.of("--timed-samples", "0"));
      DefaultQuantizer.Made made =
          DefaultQuantizer.quantize(
              model,
              workspace.file(name + ".chosen"),
              List.of("--calibration", texts.toString(), "--evaluation-samples", judged),
              schemes);
      seconds += made.times().total();
      MeasuredModel.of(made.quantization())
          .forEach(candidate -> all.putIfAbsent(candidate.name(), candidate));
    }
    out.printf(Locale.ROOT, "all schemes made and judged in %.1f s%n%n", seconds);
    return List.copyOf(all.values());
  }

  private static String size(MeasuredModel candidate, MeasuredModel original) {
    OnnxModel model = candidate.model();
    return String.format(
        Locale.ROOT,
        "%,d | %.1f %%",
        model.sizeBytes(),
        100.0 * model.sizeBytes() / original.model().sizeBytes());
  }

  private void speed(List<MeasuredModel> candidates, ModelMetadata metadata, List<Gloss> timed) {
    List<Turns> columns = new ArrayList<>();
    out.print("| speed-up over fp32 (ms) |");
    for (int threads : new int[] {1, 2}) {
      for (int batch : new int[] {1, BATCH}) {
        columns.add(
            MeasuredModel.time(candidates, batches(metadata, timed, batch), threads, ROUNDS));
        out.printf(" batch %d, %d thread%s |", batch, threads, threads == 1 ? "" : "s");
      }
    }
    out.printf("%n|---|---|---|---|---|%n");
    for (int row = 0; row < candidates.size(); row++) {
      out.print("| " + candidates.get(row).name() + " |");
      for (Turns turns : columns) {
        out.printf(
            Locale.ROOT, " ×%.2f (%.3f) |", 1 / turns.ratio(row, 0), turns.medianMillis(row));
      }
      out.println();
    }
    out.println();
    out.flush();
  }

  /** Texts as they come, in batches padded to their longest. */
  private static List<Sample> batches(ModelMetadata metadata, List<Gloss> texts, int size) {
    List<Sample> batches = new ArrayList<>();
    for (int from = 0; from < texts.size(); from += size) {
      TokenBatch batch =
          TokenBatch.of(
              texts.subList(from, Math.min(from + size, texts.size())).stream()
                  .map(text -> metadata.tokenizer().encode(text.text(), metadata.maxTokens()))
                  .toList(),
              metadata.tokenizer().paddingId());
      batches.add(
          new Sample(
              Map.of(
                  TextInput.IDS.portName(), TensorValue.of(batch.ids(), batch.shape()),
                  TextInput.MASK.portName(), TensorValue.of(batch.mask(), batch.shape()))));
    }
    return batches;
  }
}

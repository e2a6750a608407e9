package io.distillstream.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distillstream.onnx.Attribute;
import io.distillstream.onnx.Dimension;
import io.distillstream.onnx.ElementType;
import io.distillstream.onnx.GraphBuilder;
import io.distillstream.onnx.Tensor;
import io.distillstream.update.UpdateManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the {@link Installer} refuses must not be downloaded again and again. */
class RefusalTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  @TempDir Path home;
  private final MemoryTransport source = new MemoryTransport();
  private final List<Rejection> rejections = new ArrayList<>();
  private Incumbent incumbent;
  private Installer installer;

  @BeforeEach
  void open() throws IOException {
    DeviceSettings settings = DeviceSettings.of("d1", "glosses", "stable", home);
    Reporter reporter = new Reporter("d1", () -> 0, Clock.fixed(NOW, ZoneOffset.UTC));
    incumbent = Incumbent.open(settings, reporter);
    DeviceListener listener =
        new DeviceListener() {
          @Override
          public void rejected(Rejection rejection) {
            rejections.add(rejection);
          }
        };
    installer = new Installer(settings, incumbent, reporter, listener);
  }

  @AfterEach
  void close() throws IOException {
    incumbent.close();
  }

  @Test
  void shouldNotTryRefusedBytesAgain() throws IOException {
    publish(1, TestModels.model(1), new byte[] {1, 2, 3});
    installer.advance(source);
    installer.advance(source);

    assertThat(rejections).hasSize(1);
  }

  @Test
  void shouldRememberARefusalWhoseReportCannotBeKept() throws IOException {
    Files.createDirectory(
        home.resolve("report-1-REJECTED-%d.json.part".formatted(NOW.toEpochMilli())));
    publish(1, TestModels.model(2), new byte[] {1, 2, 3});

    assertThatThrownBy(() -> installer.advance(source)).isInstanceOf(IOException.class);
    installer.advance(source);

    assertThat(source.fetched()).as("downloads").hasSize(1);
    assertThat(rejections).extracting(Rejection::version).containsExactly(1L);
  }

  @Test
  void shouldRefuseAModelThatFailsInAnUnforeseenWay() throws IOException {
    byte[] model = withoutRows();
    publish(1, model, model);

    installer.advance(source);
    installer.advance(source);

    assertThat(source.fetched()).as("downloads").hasSize(1);
    assertThat(rejections)
        .singleElement()
        .satisfies(
            rejection -> assertThat(rejection.reason()).contains("IndexOutOfBoundsException"));
    assertThat(home).isDirectoryNotContaining("glob:**model-*");
  }

  private void publish(long version, byte[] promised, byte[] delivered) {
    UpdateManifest manifest =
        TestModels.manifest(version, promised, TestModels.probe("a dog", 1, 2, 3));
    source.publish(manifest, delivered);
    installer.see(manifest);
  }

  /** Its signature is that of a classifier, but its answer to one text has no row. */
  private static byte[] withoutRows() {
    GraphBuilder graph =
        GraphBuilder.named("rowless")
            .input("input_ids", ElementType.INT64, Dimension.of("batch"), Dimension.of("tokens"))
            .input(
                "attention_mask", ElementType.INT64, Dimension.of("batch"), Dimension.of("tokens"))
            .output("logits", ElementType.FLOAT32, Dimension.of("batch"), Dimension.of(3))
            .initializer(Tensor.float32("ones", new float[] {1, 1, 1}, 1, 3))
            .initializer(Tensor.int64("axis", new long[] {1}, 1))
            .initializer(Tensor.int64("from", new long[] {1}, 1))
            .initializer(Tensor.int64("to", new long[] {9}, 1))
            .initializer(Tensor.int64("rows", new long[] {0}, 1));
    graph.node("Mul", List.of("input_ids", "attention_mask"), "kept");
    graph.node("Cast", List.of("kept"), "pieces", Attribute.castTo(ElementType.FLOAT32));
    graph.node("ReduceSum", List.of("pieces", "axis"), "sum", Attribute.integer("keepdims", 1));
    graph.node("Mul", List.of("sum", "ones"), "all");
    graph.node("Slice", List.of("all", "from", "to", "rows"), "logits");
    return graph.build(TestModels.METADATA.toMap()).bytes();
  }
}

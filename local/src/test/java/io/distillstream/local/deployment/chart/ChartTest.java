package io.distillstream.local.deployment.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.local.ForeignProgram;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * What Helm and Kubernetes' schemas say of the chart, and what it says to values it cannot take.
 */
class ChartTest {

  @TempDir private Path folder;

  @ParameterizedTest
  @FieldSource("io.distillstream.local.deployment.chart.Helm#VALUES")
  void shouldPassHelmsLinter(String values) throws Exception {
    Helm.require();
    ForeignProgram.Result result = Helm.run(List.of("lint", "--strict"), values, List.of());
    assertThat(result.exitCode()).as(result.output()).isZero();
  }

  @ParameterizedTest
  @FieldSource("io.distillstream.local.deployment.chart.Helm#VALUES")
  void shouldBeWhatKubernetesTakes(String values) throws Exception {
    Helm.require();
    Helm.requireKubeconform();
    Rendering rendering = Rendering.of(values, "one", folder);
    for (String release : Helm.RELEASES) {
      ForeignProgram.Result result = Helm.check(rendering.folder(), release);
      assertThat(result.exitCode()).as(result.output()).isZero();
      assertThat(result.output())
          .contains("Valid: %d, ".formatted(rendering.objects().size()))
          .contains("Skipped: 0");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          kafka.bootstrapServers=            | kafka.bootstrapServers is required, such as kafka-1:9092,kafka-2:9092
          registry.url=                      | registry.url is required, such as http://registry:8081
          signing.enabled=true               | signing.quantizerSecret is required, a Secret with the channels' keys
          gateway.enabled=true               | gateway.tokenSecret is required, a Secret with the token
          tap.enabled=true                   | tap.upstream is required, such as http://vllm:8000
          teacher.ingress.enabled=true       | teacher.ingress.hosts is required
          keda.enabled=true,monitor.enabled=false | keda.enabled needs monitor.enabled
          trainer.kafkaSecret=own            | trainer.kafkaSecret takes the place of kafka.propertiesSecret, which is not set
          settings.data\\.folder=/srv        | settings cannot set data.folder: it is in the volume /data
          settings.Trainer\\.size=large      | Trainer.size
          trainer.replicas=2                 | replicas
          teacher.replicas=0                 | replicas
          teacher.replica=2                  | replica
          keda.teacher.minReplicas=0         | minReplicas
          keda.enabled=true,keda.teacher.minReplicas=9,keda.teacher.maxReplicas=2 | keda.teacher has more minReplicas than maxReplicas
          keda.enabled=true,keda.joiner.lagRecords=0,keda.joiner.lagSeconds=0 | keda.joiner needs lagRecords or lagSeconds above 0
          image.digest=sha256:1              | digest
          """)
  void shouldNameTheValueThatItCannotTake(String value, String said) throws Exception {
    Helm.require();
    ForeignProgram.Result result =
        Helm.run(List.of("template", "one"), "minimal", List.of("--set=" + value));
    assertThat(result.exitCode()).isNotZero();
    assertThat(result.output()).contains(said);
  }
}

package io.distillstream.artifacts.candidate;

import static org.assertj.core.api.Assertions.assertThat;

import io.distillstream.avro.Augmentation;
import io.distillstream.avro.AugmentationKind;
import io.distillstream.avro.Input;
import io.distillstream.avro.TeacherOpinion;
import io.distillstream.avro.TrainingExample;
import io.distillstream.embedded.EmbeddedCluster;
import io.distillstream.embedded.SharedCluster;
import io.distillstream.runtime.ServiceContext;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.TopicInstaller;
import io.distillstream.wire.Topics;
import io.distillstream.wire.payload.LogitsCodec;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SharedCluster.class)
class RecentTextsIT {

  @Test
  void shouldReadTheTextsOfOneLabelSpaceThatCameAsTraffic(
      EmbeddedCluster cluster, @TempDir Path folder) {
    Pipeline pipeline = new Pipeline("recent-texts");
    ClusterConnection connection =
        new ClusterConnection(cluster.bootstrapServers(), cluster.registryUrl());
    try (ServiceContext context = ServiceContext.connect(pipeline, connection, folder, "it")) {
      try (Admin admin = Admin.create(connection.adminProperties())) {
        TopicInstaller.install(admin, context.wire(), pipeline);
      }
      Augmentation mark =
          new Augmentation(AugmentationKind.WORD_SUBSTITUTION, "first", "student", 1L);
      send(
          context,
          example("first", "own", null),
          example("made up", "own", mark),
          example("elsewhere", "other", null),
          example("second", "own", null));

      assertThat(new RecentTexts(context).newest(10, 3, "own"))
          .extracting(RecentTexts.Text::text)
          .containsExactlyInAnyOrder("first", "second");
    }
  }

  @Test
  void shouldLetSyntheticTextsStandInWhileThereAreTooFewLiveOnes(
      EmbeddedCluster cluster, @TempDir Path folder) {
    Pipeline pipeline = new Pipeline("stand-ins");
    ClusterConnection connection =
        new ClusterConnection(cluster.bootstrapServers(), cluster.registryUrl());
    try (ServiceContext context = ServiceContext.connect(pipeline, connection, folder, "it")) {
      try (Admin admin = Admin.create(connection.adminProperties())) {
        TopicInstaller.install(admin, context.wire(), pipeline);
      }
      Augmentation mark = new Augmentation(AugmentationKind.SYNTHETIC, "run", "student", 0L);
      send(
          context,
          example("live", "own", null),
          example("stand-in", "own", mark),
          example("another", "own", mark));
      RecentTexts texts = new RecentTexts(context);

      assertThat(texts.newest(2, 2, "own"))
          .extracting(RecentTexts.Text::synthetic)
          .as("live ones come first, and no more than asked for")
          .containsExactly(false, true);
      assertThat(texts.newest(10, 1, "own"))
          .as("enough live ones")
          .extracting(RecentTexts.Text::text)
          .containsExactly("live");
    }
  }

  private static TrainingExample example(
      String text, String labelSpace, @Nullable Augmentation augmentation) {
    return new TrainingExample(
        text,
        new Input(text),
        labelSpace,
        1,
        List.of(new TeacherOpinion("teacher", "v1", LogitsCodec.encode(new float[2]), null, null)),
        null,
        Instant.EPOCH,
        Instant.EPOCH,
        augmentation,
        null,
        null,
        false);
  }

  private static void send(ServiceContext context, TrainingExample... examples) {
    Codec<TrainingExample> codec =
        context.wire().codec(Topics.TRAINING_EXAMPLES, context.pipeline());
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(context.cluster().producerProperties())) {
      for (TrainingExample example : examples) {
        producer.send(
            new ProducerRecord<>(codec.topic(), example.getRequestId(), codec.encode(example)));
      }
    }
  }
}

package io.distillstream.chaos.fault;

import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.distillstream.chaos.process.Stage;
import io.distillstream.wire.Codec;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.Topic;
import io.distillstream.wire.Topics;
import io.distillstream.wire.UndecodableRecordException;
import io.distillstream.wire.WireFormat;
import io.distillstream.wire.hostile.HostileRecords;
import java.time.Duration;
import org.apache.avro.specific.SpecificData;

/** Noise, truncated and mutated records, and lengths that cannot be, on every topic. */
final class Poison implements TopicFault {
  private static final int PER_TOPIC = 20;

  @Override
  public String name() {
    return "poison";
  }

  @Override
  public void strike(Stage target, Duration duration, Scene scene) throws Exception {
    Pipeline pipeline = scene.processes().pipeline();
    String registryUrl = scene.processes().cluster().registryUrl();
    try (CachedSchemaRegistryClient registry = new CachedSchemaRegistryClient(registryUrl, 100);
        WireFormat wire = new WireFormat(registryUrl);
        Planter planter = new Planter(scene)) {
      for (Topic<?> topic : Topics.all()) {
        int id = registry.getLatestSchemaMetadata(topic.subject(pipeline)).getId();
        HostileRecords records =
            new HostileRecords(
                SpecificData.get().getSchema(topic.type()), id, scene.random().nextLong());
        Codec<?> codec = wire.codec(topic, pipeline);
        for (int i = 0; i < PER_TOPIC; i++) {
          byte[] value = records.next();
          planter.plant(topic, Planter.key(topic), value, decodes(codec, value));
        }
      }
    }
  }

  private static boolean decodes(Codec<?> codec, byte[] value) {
    try {
      codec.decode(value);
      return true;
    } catch (UndecodableRecordException e) {
      return false;
    }
  }
}

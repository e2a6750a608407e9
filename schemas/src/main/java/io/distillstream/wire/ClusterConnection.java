package io.distillstream.wire;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Where the cluster is, and the client settings that every stage shares: keys are strings, values
 * raw bytes, reads are committed, writes acknowledged by all replicas.
 *
 * @param bootstrapServers such as {@code 127.0.0.1:9092}
 * @param registryUrl such as {@code http://127.0.0.1:8081}
 * @param clientProperties added to every client as they are (security protocol, SASL, TLS)
 * @param registryProperties added to the registry's client as they are (login, TLS)
 */
public record ClusterConnection(
    String bootstrapServers,
    String registryUrl,
    Map<String, String> clientProperties,
    Map<String, String> registryProperties) {

  /**
   * Longer than any stage holds a transaction open, shorter than a reader should be kept waiting.
   */
  private static final String TRANSACTION_TIMEOUT_MS = "60000";

  /**
   * When a connection is given up whose other end went away without a word. A transaction may have
   * to find that out twice, of the brokers that lead its partitions and of its coordinator: with
   * Kafka's 30 s brokers would end it meanwhile.
   */
  private static final int REQUEST_TIMEOUT_MS = 10_000;

  /**
   * Before compression, while brokers count what is left after it. A dead letter is larger than the
   * record it holds, which may be as large as the cluster lets.
   */
  public static final int LARGEST_REQUEST_BYTES = 4 * 1024 * 1024;

  public ClusterConnection {
    clientProperties = Map.copyOf(clientProperties);
    registryProperties = Map.copyOf(registryProperties);
  }

  public ClusterConnection(String bootstrapServers, String registryUrl) {
    this(bootstrapServers, registryUrl, Map.of(), Map.of());
  }

  /** Without the properties, which hold passwords. */
  @Override
  public String toString() {
    return "Kafka at " + bootstrapServers + ", schema registry at " + registryUrl;
  }

  public Map<String, Object> adminProperties() {
    Map<String, Object> properties = new HashMap<>(clientProperties);
    properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    return properties;
  }

  /** A reader outside any group, for use with {@code assign}: offsets are the caller's business. */
  public Map<String, Object> readerProperties() {
    Map<String, Object> properties = adminProperties();
    properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class);
    properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    return properties;
  }

  /** A member of a group; commits nothing by itself. */
  public Map<String, Object> consumerProperties(String group) {
    Map<String, Object> properties = readerProperties();
    properties.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    properties.putIfAbsent(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MS);
    return properties;
  }

  /** How long a transaction may be open before the brokers abort it and fence its producer. */
  public Duration transactionTimeout() {
    return Duration.ofMillis(
        Long.parseLong(
            clientProperties.getOrDefault(
                ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_TIMEOUT_MS)));
  }

  /** Idempotent, acknowledged by all replicas, compressed. */
  public Map<String, Object> producerProperties() {
    Map<String, Object> properties = adminProperties();
    properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
    properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    // Were several under way, a partition that has just been created could refuse the first and
    // take the second; the first would then be out of order for ever. Large batches keep one fast
    // enough.
    properties.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
    properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    properties.put(ProducerConfig.LINGER_MS_CONFIG, 5);
    properties.put(ProducerConfig.BATCH_SIZE_CONFIG, 256 * 1024);
    return properties;
  }

  /**
   * A stable id fences the process that crashed and ends its open transaction at once, so that
   * readers need not wait for the transaction's time-out.
   */
  public Map<String, Object> transactionalProducerProperties(String transactionalId) {
    Map<String, Object> properties = producerProperties();
    properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
    properties.putIfAbsent(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_TIMEOUT_MS);
    properties.putIfAbsent(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, LARGEST_REQUEST_BYTES);
    properties.putIfAbsent(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MS);
    return properties;
  }
}

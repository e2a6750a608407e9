package io.distillstream.local.settings;

import io.distillstream.runtime.InvalidSettingsException;
import io.distillstream.runtime.Setting;
import io.distillstream.runtime.Settings;
import io.distillstream.wire.ClusterConnection;
import io.distillstream.wire.ClusterUnavailableException;
import io.distillstream.wire.LoginRefusal;
import io.distillstream.wire.Pipeline;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;

/**
 * Which pipeline, on which cluster, and where this process keeps files.
 *
 * @param minFreeBytes what is to stay free where it keeps them
 * @param instance tells two processes of the same stage apart
 */
public record ClusterSettings(
    Pipeline pipeline,
    ClusterConnection connection,
    Path dataFolder,
    long minFreeBytes,
    String instance) {

  static final Setting<String> PIPELINE =
      Setting.text(
              "pipeline.name", "distillstream", "Prefix of every topic, group and transactional id")
          .accepting(
              "lower-case letters, digits and inner hyphens, at most 40",
              name -> name.matches("[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?"));

  static final Setting<String> BOOTSTRAP =
      Setting.text(
          "cluster.bootstrap-servers",
          "127.0.0.1:9092",
          "Kafka brokers; the local command starts its own and ignores this");

  static final Setting<String> REGISTRY =
      Setting.text(
          "cluster.registry-url",
          "http://127.0.0.1:8081",
          "Schema registry; the local command starts its own and ignores this");

  static final Setting<String> CLIENT_PROPERTIES =
      Setting.text(
          "cluster.client-properties",
          "",
          "File of Kafka client properties added to every client (security.protocol, sasl.*,"
              + " ssl.*); values may be ${env:VARIABLE}, ${file:PATH:KEY} and"
              + " ${dir:FOLDER:FILE}");

  static final Setting<String> REGISTRY_PROPERTIES =
      Setting.text(
          "cluster.registry-properties",
          "",
          "File of properties added to the client of the schema registry (basic.auth.*,"
              + " bearer.auth.*, schema.registry.ssl.*); values as in cluster.client-properties");

  public static final Setting<Path> DATA_FOLDER =
      Setting.path("data.folder", "data", "Where this process keeps its files");

  static final Setting<Long> MIN_FREE_BYTES =
      Setting.count(
              "data.min-free-bytes",
              256L << 20,
              "Free bytes on the data folder's disk, at most an eighth of it, below which requests"
                  + " are refused and nothing is trained or published until there is a quarter"
                  + " more; below a quarter of it the local command ends; 0: the disk is not"
                  + " watched")
          .between(0L, 1L << 50);

  static final Setting<String> INSTANCE =
      Setting.text(
              "instance.name",
              "1",
              "Tells two processes of the same stage apart; keep it stable over restarts")
          .accepting("letters, digits and hyphens", name -> name.matches("[A-Za-z0-9-]{1,40}"));

  private static final int PATIENCE_SECONDS = 10;

  static List<Setting<?>> all() {
    return List.of(
        PIPELINE,
        BOOTSTRAP,
        REGISTRY,
        CLIENT_PROPERTIES,
        REGISTRY_PROPERTIES,
        DATA_FOLDER,
        MIN_FREE_BYTES,
        INSTANCE);
  }

  /**
   * The settings, with what the files of properties hold.
   *
   * @throws InvalidSettingsException if one of these files cannot be read or refers to what is not
   *     there
   */
  public static ClusterSettings from(Settings settings) {
    List<String> problems = new ArrayList<>();
    Map<String, String> client = properties(CLIENT_PROPERTIES, settings, problems);
    Map<String, String> registry = properties(REGISTRY_PROPERTIES, settings, problems);
    if (!problems.isEmpty()) {
      throw new InvalidSettingsException(problems);
    }
    OAuthEndpoints.allow(client);
    return new ClusterSettings(
        new Pipeline(settings.get(PIPELINE)),
        new ClusterConnection(settings.get(BOOTSTRAP), settings.get(REGISTRY), client, registry),
        settings.get(DATA_FOLDER),
        settings.get(MIN_FREE_BYTES),
        settings.get(INSTANCE));
  }

  private static Map<String, String> properties(
      Setting<String> setting, Settings settings, List<String> problems) {
    try {
      return KafkaProperties.of(setting, settings);
    } catch (InvalidSettingsException e) {
      problems.addAll(e.problems());
      return Map.of();
    }
  }

  /**
   * Asks the brokers for their cluster id, so that a wrong address or login is one clear line at
   * the start.
   *
   * @throws InvalidSettingsException if the brokers refuse the login, or there is no client of
   *     these properties
   * @throws ClusterUnavailableException if none answers
   */
  public static void requireReachable(ClusterConnection connection) {
    Map<String, Object> properties = connection.adminProperties();
    properties.put("request.timeout.ms", PATIENCE_SECONDS * 1_000);
    properties.put("default.api.timeout.ms", PATIENCE_SECONDS * 1_000);
    String where = "Kafka at " + connection.bootstrapServers() + " cannot be reached";
    try (Admin admin = Admin.create(properties)) {
      admin.describeCluster().clusterId().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      LoginRefusal.explain(connection, e)
          .ifPresent(
              line -> {
                throw new InvalidSettingsException(List.of(line));
              });
      throw new ClusterUnavailableException(where, e.getCause());
    } catch (KafkaException e) {
      throw new InvalidSettingsException(List.of(LoginRefusal.unusable(connection, e)));
    } catch (TimeoutException e) {
      throw new ClusterUnavailableException(
          where + ": no answer within " + PATIENCE_SECONDS + " s" + LoginRefusal.hint(connection),
          null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClusterUnavailableException(where + ": interrupted", null);
    }
  }
}

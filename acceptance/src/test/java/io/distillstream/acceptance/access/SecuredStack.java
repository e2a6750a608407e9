package io.distillstream.acceptance.access;

import static java.util.Objects.requireNonNull;
import static org.awaitility.Awaitility.await;

import io.distillstream.embedded.secured.SecuredCluster;
import io.distillstream.embedded.secured.SecuredCluster.Login;
import io.distillstream.local.services.RunningServices;
import io.distillstream.local.services.ServiceKind;
import io.distillstream.local.services.ServicePlan;
import io.distillstream.local.settings.AllSettings;
import io.distillstream.local.settings.ClusterSettings;
import io.distillstream.runtime.Settings;
import io.distillstream.tuf.ChannelTargets;
import io.distillstream.tuf.repository.Expiries;
import io.distillstream.tuf.repository.NewRepository;
import io.distillstream.tuf.repository.TrustFolder;
import io.distillstream.wire.Pipeline;
import io.distillstream.wire.RegistryUnavailableException;
import io.distillstream.wire.access.Role;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Every service by itself, with a login of its own, in this process. */
final class SecuredStack implements AutoCloseable {

  static final Pipeline PIPELINE = new Pipeline("secured");
  static final String MODEL = "student";

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final SecuredCluster cluster;
  private final Path folder;
  private final Map<ServiceKind, RunningServices> running = new EnumMap<>(ServiceKind.class);

  /**
   * @param cluster borrowed; each role's name is a user of it
   */
  SecuredStack(SecuredCluster cluster, Path folder) {
    this.cluster = cluster;
    this.folder = folder;
  }

  /** Makes the keys that updates are signed with. */
  void makeTrust() throws Exception {
    NewRepository.create(
        new TrustFolder(trust()),
        List.of(new ChannelTargets(MODEL, "stable")),
        1,
        1,
        Expiries.DEFAULTS,
        Clock.systemUTC());
  }

  /** The settings of a role, by their keys. */
  Map<String, String> settings(Role role) throws IOException {
    Map<String, String> settings = new HashMap<>();
    settings.put("pipeline.name", PIPELINE.name());
    settings.put("cluster.bootstrap-servers", cluster.bootstrapServers(Login.SCRAM));
    settings.put("cluster.registry-url", cluster.registryUrl());
    settings.put(
        "cluster.client-properties", cluster.properties(Login.SCRAM, role.text()).toString());
    settings.put("data.folder", folder.resolve("data").resolve(role.text()).toString());
    return settings;
  }

  ClusterSettings cluster(Role role) throws IOException {
    return ClusterSettings.from(Settings.load(AllSettings.list(), settings(role)));
  }

  /** Starts a service; the student is small and soon made up again of what it has learned. */
  void start(ServiceKind kind, Map<String, String> more) throws IOException {
    Map<String, String> settings = settings(Role.named(kind.text()).orElseThrow());
    for (String port :
        List.of(
            "teacher.http.port",
            "joiner.http.port",
            "trainer.http.port",
            "quantizer.http.port",
            "signer.http.port",
            "monitor.port",
            "gateway.port",
            "tap.port")) {
      settings.put(port, "0");
    }
    settings.put("quantizer.trust-folder", trust().toString());
    settings.put("signer.trust-folder", trust().toString());
    settings.put("trainer.width", "32");
    settings.put("trainer.blocks", "1");
    settings.put("trainer.embedding-start", "random");
    settings.put("trainer.checkpoint-records", "100");
    settings.put("trainer.checkpoint-interval", "1s");
    settings.put("trainer.held-out.one-in", "5");
    settings.put("trainer.consistency.weight", "1");
    settings.put("trainer.augmentation.max-share", "0.1");
    settings.put("trainer.augmentation.start-records", "0");
    settings.put("trainer.pruning.mode", "unstructured");
    settings.put("trainer.pruning.start-records", "100");
    settings.put("quantizer.min-agreement", "0.5");
    settings.put("quantizer.max-size-ratio", "1.0");
    settings.put("quantizer.max-latency-ratio", "1000");
    settings.put("quantizer.min-evaluation-samples", "10");
    settings.put("quantizer.held-out.min-samples", "10");
    settings.put("quantizer.incumbent.margin", "0.5");
    settings.put("quantizer.incumbent.class-margin", "0.99");
    settings.put("quantizer.keep-replaced", "1s");
    settings.put("gateway.hawkbit.tenants", "DEFAULT=student/stable");
    settings.putAll(more);
    ServicePlan plan = ServicePlan.of(List.of(kind), Settings.load(AllSettings.list(), settings));
    // On a busy machine the registry may refuse; whatever supervises a service starts it again.
    await()
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(RegistryUnavailableException.class)
        .until(
            () -> {
              running.put(kind, RunningServices.start(plan, line -> {}));
              return true;
            });
  }

  Path trust() {
    return folder.resolve("trust");
  }

  URI address(ServiceKind kind) {
    return requireNonNull(requireNonNull(running.get(kind)).addresses().get(kind.text()));
  }

  /** Fails if a service has ended. */
  void requireAlive() {
    running.values().forEach(RunningServices::requireAlive);
  }

  void stop(ServiceKind kind) {
    requireNonNull(running.remove(kind)).close();
  }

  /** Ends a service and starts it again. */
  void restart(ServiceKind kind, Map<String, String> more) throws IOException {
    stop(kind);
    start(kind, more);
  }

  /** Closes the services in the order in which they are declared, which is not that of traffic. */
  @Override
  public void close() {
    running.values().forEach(RunningServices::close);
    running.clear();
  }
}

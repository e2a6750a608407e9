package io.distillstream.acceptance.access;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.distillstream.device.DeviceClient;
import io.distillstream.embedded.secured.RecordingAuthorizer;
import io.distillstream.embedded.secured.SecuredCluster;
import io.distillstream.local.GlossTraffic;
import io.distillstream.local.services.ServiceKind;
import io.distillstream.local.terminal.LogFile;
import io.distillstream.openai.ScriptedUpstream;
import io.distillstream.runtime.InvalidSettingsException;
import io.distillstream.wire.Topics;
import io.distillstream.wire.access.AccessCheck;
import io.distillstream.wire.access.Grant;
import io.distillstream.wire.access.Role;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * The whole stack on a cluster where nobody has a right that no ACL gives: each service, a device
 * and a feed under a principal of its own, with the ACLs that the command {@code acls} prints. The
 * broker's authorizer remembers what it was asked for.
 */
@Timeout(600)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AclsIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String SOFT_LABELS = Topics.SOFT_LABELS.in(SecuredStack.PIPELINE);

  /** What the joiner alone reads: while it runs, there may never be anything to count. */
  private static final Set<String> JOINED =
      Set.of(SOFT_LABELS, Topics.GROUND_TRUTH.in(SecuredStack.PIPELINE));

  private static final int TRAFFIC = 400;
  private static final String PREDICT = "{\"text\": \"a small dog\"}";
  private static final String CHAT =
      "{\"model\": \"m\", \"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]}";
  private static final String COMPLETION =
      """
      {"id": "c-1", "object": "chat.completion", "model": "m", "choices": [{"index": 0,
       "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop",
       "logprobs": {"content": [{"token": "Hi", "logprob": -0.25, "bytes": [72, 105],
         "top_logprobs": [{"token": "Hi", "logprob": -0.25, "bytes": [72, 105]}]}]}}]}
      """;

  /** Clients say there how they log in, and what they are configured with. */
  private static final Map<String, Level> TALKATIVE =
      Map.of(
          "org.apache.kafka.common", Level.INFO,
          "org.apache.kafka.clients", Level.INFO,
          "org.apache.kafka.common.security", Level.TRACE);

  @TempDir private static Path folder;

  private static SecuredCluster cluster;
  private static SecuredStack stack;
  private static StackCallers callers;
  private static LogFile log;
  private static @Nullable DeviceClient device;
  private static final Commands commands = new Commands();

  @BeforeAll
  static void start() throws Exception {
    List<String> users = Arrays.stream(Role.values()).map(Role::text).toList();
    log = LogFile.open(folder.resolve("data"), "secured");
    TALKATIVE.forEach((name, level) -> logger(name).setLevel(level));
    cluster = new SecuredCluster(folder, users, List.of());
    stack = new SecuredStack(cluster, folder);
    callers = new StackCallers(stack, cluster, folder);
    RecordingAuthorizer.forget();
  }

  @AfterAll
  static void stop() throws Exception {
    TALKATIVE.keySet().forEach(name -> logger(name).setLevel(null));
    if (device != null) {
      device.close();
    }
    stack.close();
    cluster.close();
    log.close();
  }

  @Test
  @Order(1)
  void shouldPrintCommandsThatGiveExactlyTheListedRights() throws Exception {
    String printed =
        commands.run(
            Map.of(
                "pipeline.name",
                SecuredStack.PIPELINE.name(),
                "cluster.bootstrap-servers",
                cluster.plainBootstrapServers()),
            "acls",
            "all");

    commands.carryOut(printed);

    List<AclBinding> listed =
        Arrays.stream(Role.values())
            .flatMap(role -> grants(role).stream().map(grant -> grant.binding(principal(role))))
            .toList();
    // The broker hears of them a moment after the controller.
    await()
        .untilAsserted(
            () ->
                assertThat(cluster.admin().describeAcls(AclBindingFilter.ANY).values().get())
                    .containsExactlyInAnyOrderElementsOf(listed));
  }

  @Test
  @Order(2)
  void shouldNeedEachRightForWhatTheStackDoes() throws Exception {
    // On a busy machine the registry may refuse.
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> commands.run(stack.settings(Role.ADMINISTRATOR), "topics", "create"));
    stack.makeTrust();
    try (ScriptedUpstream model = new ScriptedUpstream()) {
      model.play((request, out) -> ScriptedUpstream.plain(out, 200, "", COMPLETION));
      for (ServiceKind kind : ServiceKind.values()) {
        stack.start(kind, Map.of("tap.upstream", model.url().toString()));
      }
      callers.post(ServiceKind.TAP, "/v1/chat/completions", CHAT);
    }
    callers.post(ServiceKind.TEACHER, "/v1/predict", PREDICT);
    callers.post(
        ServiceKind.TEACHER,
        "/v1/ground-truth",
        "{\"request_id\": \"one\", \"label\": \"animal\"}");
    callers.poison();
    GlossTraffic.send(stack.cluster(Role.FEED), 0, TRAFFIC);
    DeviceClient following = callers.kafkaDevice();
    device = following;
    try (DeviceClient behindGateway = callers.gatewayDevice()) {
      following.start();
      behindGateway.start();
      assertThat(following.awaitVersion(1, PATIENCE)).isTrue();
      assertThat(behindGateway.awaitVersion(1, PATIENCE)).isTrue();
      assertThat(following.predict("a small dog")).isPresent();
      assertThat(behindGateway.predict("a small dog")).isPresent();
      assertThat(following.awaitVersion(2, PATIENCE)).isTrue();
    }
    callers.synthesize(commands);
    stack.requireAlive();
    // What a group leaves unread is counted exactly.
    stack.stop(ServiceKind.JOINER);
    // Who is started again reads what was written: a quantizer on a new machine what devices run.
    // No candidate is shown to be as good as this asks for, which it tells.
    stack.restart(ServiceKind.TRAINER, Map.of());
    Map<String, String> newMachine =
        Map.of("data.folder", folder.resolve("data").resolve("new-machine").toString());
    stack.restart(ServiceKind.SIGNER, newMachine);
    Map<String, String> strict = new HashMap<>(newMachine);
    strict.put("quantizer.incumbent.margin", "0.0001");
    strict.put("quantizer.incumbent.class-margin", "0.0001");
    stack.restart(ServiceKind.QUANTIZER, strict);
    stack.restart(ServiceKind.TEACHER, Map.of("teacher.group", "second", "teacher.id", "second"));
    GlossTraffic.send(stack.cluster(Role.FEED), TRAFFIC, 2 * TRAFFIC);
    callers.labels(commands);
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                proof(Role.MONITOR).unneeded().stream()
                    .noneMatch(grant -> JOINED.contains(grant.resource().name())));
    stack.start(ServiceKind.JOINER, Map.of());

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              stack.requireAlive();
              assertThat(
                      Arrays.stream(Role.values())
                          .flatMap(
                              role ->
                                  proof(role).unneeded().stream()
                                      .map(grant -> role.text() + ": " + grant)))
                  .isEmpty();
            });
    for (Role role : Role.values()) {
      assertThat(proof(role).refused()).as(role.text()).isEmpty();
    }
  }

  @Test
  @Order(3)
  void shouldRefuseCallersAndTheNextStartWhereARightIsTaken() throws Exception {
    Grant publishing =
        grants(Role.TEACHER).stream()
            .filter(grant -> grant.resource().name().equals(SOFT_LABELS))
            .findFirst()
            .orElseThrow();
    cluster.revoke(publishing.binding(principal(Role.TEACHER)));

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              HttpResponse<String> refused =
                  callers.ask(ServiceKind.TEACHER, "/v1/predict", PREDICT);
              assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
              assertThat(refused.body()).contains(publishing.resource().name());
            });
    stack.requireAlive();
    stack.stop(ServiceKind.TEACHER);
    assertThat(
            catchThrowableOfType(
                InvalidSettingsException.class, () -> stack.start(ServiceKind.TEACHER, Map.of())))
        .hasMessageContaining(publishing.toString());
    cluster.allow(List.of(publishing.binding(principal(Role.TEACHER))));
    await()
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(InvalidSettingsException.class)
        .until(
            () -> {
              stack.start(ServiceKind.TEACHER, Map.of());
              return true;
            });
    // It may ask to come back while it reads the log.
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> callers.post(ServiceKind.TEACHER, "/v1/predict", PREDICT));
  }

  @Test
  @Order(4)
  void shouldHaveWrittenNoSecret() throws Exception {
    SecretSearch search = new SecretSearch(cluster.secrets());
    for (ServiceKind kind : ServiceKind.values()) {
      for (String path : List.of("/metrics", "/health/ready", "/api/status", "/v1/model")) {
        search.text(kind + " " + path, callers.get(kind, path));
      }
    }
    requireNonNull(device).close();
    device = null;
    stack.close();
    search.text("commands", commands.printed());
    search.folder(folder.resolve("data"));
    search.folder(folder.resolve("device-1"));
    search.folder(folder.resolve("device-2"));

    assertThat(search.found()).isEmpty();
    // It looks where clients did say what they are configured with, and finds what is there.
    SecretSearch hidden = new SecretSearch(List.of("sasl.jaas.config = [hidden]"));
    hidden.folder(requireNonNull(log.path().getParent()));
    assertThat(hidden.found()).isNotEmpty();
  }

  @Test
  @Order(5)
  void shouldMissEachRightThatIsTakenAway() throws Exception {
    for (Role role : Role.values()) {
      List<Grant> grants = grants(role);
      try (AccessCheck check = new AccessCheck(stack.cluster(role).connection())) {
        assertThat(check.missing(grants)).as(role.text()).isEmpty();
        for (Grant grant : grants) {
          cluster.revoke(grant.binding(principal(role)));
          await()
              .atMost(PATIENCE)
              .pollInterval(Duration.ofMillis(20))
              .untilAsserted(
                  () -> assertThat(check.missing(grants)).as(role.text()).containsExactly(grant));
          cluster.allow(List.of(grant.binding(principal(role))));
        }
        await().atMost(PATIENCE).until(() -> check.missing(grants).isEmpty());
      }
    }
  }

  private static Logger logger(String name) {
    return (Logger) LoggerFactory.getLogger(name);
  }

  private static List<Grant> grants(Role role) {
    return role.grants(SecuredStack.PIPELINE, SecuredStack.MODEL);
  }

  private static GrantProof proof(Role role) {
    return new GrantProof(principal(role), grants(role), RecordingAuthorizer.asked());
  }

  private static String principal(Role role) {
    return "User:" + role.text();
  }
}

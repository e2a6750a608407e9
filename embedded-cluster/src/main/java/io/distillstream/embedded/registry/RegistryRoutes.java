package io.distillstream.embedded.registry;

import static io.distillstream.embedded.registry.RegistryJson.JSON;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The paths, parameters and answers of Confluent's REST interface, over a {@link SchemaStore}. */
final class RegistryRoutes {

  private static final Logger log = LoggerFactory.getLogger(RegistryRoutes.class);
  private static final String CONTENT_TYPE = "application/vnd.schemaregistry.v1+json";
  private static final String MODE = "READWRITE";

  private final SchemaStore store;

  RegistryRoutes(SchemaStore store) {
    this.store = store;
  }

  void addTo(RoutesConfig routes) {
    routes.before(RegistryGuard::check);
    routes.get("/", ctx -> answer(ctx, Map.of()));
    addSubjects(routes);
    addSchemas(routes);
    addCompatibility(routes);
    addConfig(routes);
    addMode(routes);
    addErrors(routes);
  }

  private void addSubjects(RoutesConfig routes) {
    routes.get("/subjects", this::subjects);
    routes.post(
        "/subjects/{subject}",
        ctx ->
            answer(
                ctx,
                RegistryJson.version(
                    store.lookup(
                        subject(ctx), RegistryJson.schema(ctx.body()), flag(ctx, "deleted")))));
    routes.delete(
        "/subjects/{subject}",
        ctx -> answer(ctx, store.deleteSubject(subject(ctx), flag(ctx, "permanent"))));
    routes.get(
        "/subjects/{subject}/versions",
        ctx -> answer(ctx, store.versions(subject(ctx), flag(ctx, "deleted"))));
    routes.post("/subjects/{subject}/versions", this::register);
    routes.get(
        "/subjects/{subject}/versions/{version}",
        ctx -> answer(ctx, RegistryJson.version(version(ctx))));
    routes.get(
        "/subjects/{subject}/versions/{version}/schema",
        ctx -> ctx.contentType(CONTENT_TYPE).result(version(ctx).text().schema()));
    routes.get(
        "/subjects/{subject}/versions/{version}/referencedby",
        ctx -> answer(ctx, store.referencesTo(subject(ctx), versionId(ctx))));
    routes.delete(
        "/subjects/{subject}/versions/{version}",
        ctx ->
            answer(ctx, store.deleteVersion(subject(ctx), versionId(ctx), flag(ctx, "permanent"))));
  }

  private void subjects(Context ctx) {
    String prefix = query(ctx, "subjectPrefix");
    answer(
        ctx,
        store.subjects(flag(ctx, "deleted")).stream().filter(s -> s.startsWith(prefix)).toList());
  }

  private void register(Context ctx) {
    String body = ctx.body();
    SchemaText text = RegistryJson.schema(body);
    if (RegistryJson.object(body).path("id").asInt(-1) > 0) {
      throw RegistryException.notInImportMode(subject(ctx));
    }
    answer(ctx, Map.of("id", store.register(subject(ctx), text).id()));
  }

  private void addSchemas(RoutesConfig routes) {
    routes.get("/schemas/types", ctx -> answer(ctx, List.of("AVRO")));
    routes.get("/schemas", this::schemas);
    routes.get("/schemas/ids/{id}", this::schemaById);
    routes.get(
        "/schemas/ids/{id}/schema",
        ctx -> ctx.contentType(CONTENT_TYPE).result(store.text(id(ctx)).schema()));
    routes.get(
        "/schemas/ids/{id}/subjects",
        ctx ->
            answer(
                ctx,
                store.versionsOf(id(ctx), flag(ctx, "deleted")).stream()
                    .map(SchemaVersion::subject)
                    .distinct()
                    .toList()));
    routes.get(
        "/schemas/ids/{id}/versions",
        ctx ->
            answer(
                ctx,
                store.versionsOf(id(ctx), flag(ctx, "deleted")).stream()
                    .map(v -> Map.of("subject", v.subject(), "version", v.version()))
                    .toList()));
  }

  private void schemas(Context ctx) {
    String prefix = query(ctx, "subjectPrefix");
    answer(
        ctx,
        store
            .everything(flag(ctx, "deleted"))
            .filter(version -> version.subject().startsWith(prefix))
            .map(RegistryJson::version)
            .toList());
  }

  private void schemaById(Context ctx) {
    ObjectNode schema = RegistryJson.text(store.text(id(ctx)));
    if (flag(ctx, "fetchMaxId")) {
      schema.put("maxId", store.highestId());
    }
    answer(ctx, schema);
  }

  private void addCompatibility(RoutesConfig routes) {
    routes.post(
        "/compatibility/subjects/{subject}/versions",
        ctx ->
            answerCompatibility(
                ctx, store.problems(subject(ctx), RegistryJson.schema(ctx.body()))));
    routes.post(
        "/compatibility/subjects/{subject}/versions/{version}",
        ctx ->
            answerCompatibility(
                ctx,
                store.problems(subject(ctx), RegistryJson.schema(ctx.body()), versionId(ctx))));
  }

  private static void answerCompatibility(Context ctx, List<String> problems) {
    ObjectNode answer = JSON.createObjectNode().put("is_compatible", problems.isEmpty());
    if (flag(ctx, "verbose")) {
      answer.set("messages", JSON.valueToTree(problems));
    }
    answer(ctx, answer);
  }

  private void addConfig(RoutesConfig routes) {
    routes.get("/config", ctx -> answer(ctx, level("compatibilityLevel", store.globalLevel())));
    routes.put("/config", ctx -> answer(ctx, setLevel(null, ctx.body())));
    routes.delete(
        "/config",
        ctx -> {
          CompatibilityLevel previous = store.globalLevel();
          store.setLevel(null, null);
          answer(ctx, level("compatibility", previous));
        });
    routes.get("/config/{subject}", this::subjectLevel);
    routes.put("/config/{subject}", ctx -> answer(ctx, setLevel(subject(ctx), ctx.body())));
    routes.delete("/config/{subject}", this::deleteSubjectLevel);
  }

  private void subjectLevel(Context ctx) {
    String subject = subject(ctx);
    CompatibilityLevel level =
        store
            .levelOf(subject)
            .orElseGet(
                () -> {
                  if (!flag(ctx, "defaultToGlobal")) {
                    throw RegistryException.subjectLevelNotConfigured(subject);
                  }
                  return store.globalLevel();
                });
    answer(ctx, level("compatibilityLevel", level));
  }

  private void deleteSubjectLevel(Context ctx) {
    String subject = subject(ctx);
    CompatibilityLevel previous =
        store.levelOf(subject).orElseThrow(() -> RegistryException.subjectNotFound(subject));
    store.setLevel(subject, null);
    answer(ctx, level("compatibility", previous));
  }

  private Map<String, String> setLevel(@Nullable String subject, String body) {
    CompatibilityLevel level =
        CompatibilityLevel.of(RegistryJson.object(body).path("compatibility").asText())
            .orElseThrow(RegistryException::invalidLevel);
    store.setLevel(subject, level);
    return level("compatibility", level);
  }

  private static Map<String, String> level(String field, CompatibilityLevel level) {
    return Map.of(field, level.name());
  }

  /** The mode can be asked for and confirmed, not changed. */
  private void addMode(RoutesConfig routes) {
    routes.get("/mode", ctx -> answer(ctx, Map.of("mode", MODE)));
    routes.put("/mode", RegistryRoutes::confirmMode);
    routes.get(
        "/mode/{subject}",
        ctx -> {
          if (!flag(ctx, "defaultToGlobal")) {
            throw RegistryException.subjectModeNotConfigured(subject(ctx));
          }
          answer(ctx, Map.of("mode", MODE));
        });
    routes.put("/mode/{subject}", RegistryRoutes::confirmMode);
  }

  private static void confirmMode(Context ctx) {
    if (!RegistryJson.object(ctx.body()).path("mode").asText().equals(MODE)) {
      throw RegistryException.invalidMode();
    }
    answer(ctx, Map.of("mode", MODE));
  }

  private static void addErrors(RoutesConfig routes) {
    routes.exception(
        RegistryException.class,
        (e, ctx) -> {
          if (e.status() >= 500) {
            log.error("{} {} failed", ctx.method(), ctx.path(), e);
          }
          answerError(ctx, e.status(), e.code(), String.valueOf(e.getMessage()));
        });
    routes.exception(
        HttpResponseException.class,
        (e, ctx) -> answerError(ctx, e.getStatus(), e.getStatus(), String.valueOf(e.getMessage())));
    routes.exception(IllegalCharsetNameException.class, RegistryRoutes::answerCharset);
    routes.exception(UnsupportedCharsetException.class, RegistryRoutes::answerCharset);
    routes.exception(
        Exception.class,
        (e, ctx) -> {
          log.error("{} {} failed", ctx.method(), ctx.path(), e);
          answerError(ctx, 500, 500, "Internal error: " + e.getClass().getSimpleName());
        });
  }

  private static void answerCharset(Exception e, Context ctx) {
    answerError(ctx, 415, 415, "Content-Type names no charset: '" + e.getMessage() + "'");
  }

  private static void answerError(Context ctx, int status, int code, String message) {
    ctx.status(status);
    answer(ctx, RegistryJson.error(code, message));
  }

  private static void answer(Context ctx, Object body) {
    try {
      ctx.contentType(CONTENT_TYPE).result(JSON.writeValueAsBytes(body));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Answers are plain values, which are always JSON", e);
    }
  }

  private SchemaVersion version(Context ctx) {
    return store.version(subject(ctx), versionId(ctx), flag(ctx, "deleted"));
  }

  private static String subject(Context ctx) {
    return ctx.pathParam("subject");
  }

  private static VersionId versionId(Context ctx) {
    return VersionId.parse(ctx.pathParam("version"));
  }

  private static int id(Context ctx) {
    String text = ctx.pathParam("id");
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw RegistryException.malformed("Schema ids are numbers, was '" + text + "'");
    }
  }

  private static boolean flag(Context ctx, String name) {
    return Boolean.parseBoolean(query(ctx, name));
  }

  private static String query(Context ctx, String name) {
    String value = ctx.queryParam(name);
    return value == null ? "" : value;
  }
}

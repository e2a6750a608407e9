package io.distillstream.gateway.hawkbit;

import io.distillstream.foundation.json.InvalidJsonException;
import io.distillstream.foundation.json.Json;
import io.distillstream.foundation.json.JsonFields;
import io.distillstream.gateway.channel.Channels;
import io.distillstream.gateway.channel.Publication;
import io.distillstream.gateway.hawkbit.fleet.ChannelName;
import io.distillstream.gateway.hawkbit.fleet.Fleet;
import io.distillstream.gateway.hawkbit.fleet.Offer;
import io.distillstream.gateway.hawkbit.fleet.Target;
import io.distillstream.gateway.http.DownloadReads;
import io.distillstream.gateway.http.ReportApi;
import io.distillstream.gateway.report.ReportIntake;
import io.distillstream.gateway.store.ArtifactStore;
import io.distillstream.http.RefusedRequestException;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * hawkBit's Direct Device Integration API. An action is an update, its id the update's version, so
 * that it is the same at every gateway and after a restart. What clients say of their actions is
 * written to Kafka as any device's report, and is what the next offer goes by.
 *
 * <ul>
 *   <li>{@code GET /TENANT/controller/v1/ID}: what there is to do
 *   <li>{@code GET .../deploymentBase/ACTION}, {@code POST .../deploymentBase/ACTION/feedback}
 *   <li>{@code GET .../cancelAction/ACTION}, {@code POST .../cancelAction/ACTION/feedback}
 *   <li>{@code PUT .../configData}: attributes, of which none are asked for and none kept
 *   <li>{@code GET .../softwaremodules/ACTION/artifacts} and, below it, {@code /FILE} and {@code
 *       /FILE.MD5SUM}
 * </ul>
 */
public final class HawkbitApi {

  private static final int OK = 200;
  private static final int STARTING_SECONDS = 1;

  private final HawkbitPlan plan;
  private final String scheme;
  private final Channels channels;
  private final Deployments deployments;
  private final Fleet fleet;
  private final TargetReports targetReports;
  private final ReportApi reports;
  private final HawkbitMetrics metrics;
  private final InstantSource clock;

  /**
   * Borrows everything.
   *
   * @param overTls whether the gateway's port is one of TLS
   * @param fleet of the plan's channels
   * @param reports by which what Kafka made of a report is answered
   */
  public HawkbitApi(
      HawkbitPlan plan,
      boolean overTls,
      Channels channels,
      ArtifactStore store,
      Fleet fleet,
      ReportIntake intake,
      ReportApi reports,
      HawkbitMetrics metrics,
      InstantSource clock) {
    this.plan = plan;
    this.scheme = overTls ? "https" : "http";
    this.channels = channels;
    this.deployments = new Deployments(store, plan.swupdate());
    this.fleet = fleet;
    this.targetReports = new TargetReports(intake, fleet);
    this.reports = reports;
    this.metrics = metrics;
    this.clock = clock;
  }

  /** The files, which are sent without holding a thread. */
  public DownloadReads.Shelf files() {
    return new DdiDownloads(plan.tenants(), channels, deployments);
  }

  public void addTo(JavalinConfig config) {
    String controller = DdiPath.CONTROLLER;
    config.routes.get(controller, this::poll);
    config.routes.put(controller + "/configData", this::configData);
    config.routes.get(controller + "/deploymentBase/{action}", this::deployment);
    config.routes.post(controller + "/deploymentBase/{action}/feedback", this::feedback);
    config.routes.get(controller + "/cancelAction/{action}", this::cancelAction);
    config.routes.post(controller + "/cancelAction/{action}/feedback", this::cancelFeedback);
    config.routes.get(controller + "/softwaremodules/{action}/artifacts", this::artifacts);
    config.routes.get(controller + "/softwaremodules/{action}/artifacts/{file}", this::md5sum);
  }

  private void poll(Context context) throws RefusedRequestException {
    Caller caller = caller(context);
    Published published = caller.published();
    Offer offer = Offer.NOTHING;
    if (published.newest().isPresent()) {
      long newest = published.newest().get().manifest().version();
      offer = fleet.offer(caller.target(), newest, published.versions(), clock.instant());
    }
    targetReports.status(caller.target(), clock.instant());
    metrics.polled();
    answer(context, json(context, caller).poll(plan.pollingInterval(), offer));
  }

  private void deployment(Context context) throws RefusedRequestException {
    Caller caller = caller(context);
    Publication update = caller.update(context);
    long version = update.manifest().version();
    String deployment =
        json(context, caller)
            .deployment(version, update.manifest().model(), plan.handling(), described(update));
    fleet.atWork(caller.target(), version, clock.instant());
    metrics.deploymentServed();
    answer(context, deployment);
  }

  private void artifacts(Context context) throws RefusedRequestException {
    Caller caller = caller(context);
    Publication update = caller.update(context);
    answer(
        context, json(context, caller).artifacts(update.manifest().version(), described(update)));
  }

  /** The files themselves are sent ahead of all routes. */
  private void md5sum(Context context) throws RefusedRequestException {
    Caller caller = caller(context);
    String asked = context.pathParam("file");
    for (DescribedFile file : described(caller.update(context))) {
      if (asked.equals(file.name() + DdiPath.MD5SUM)) {
        context.contentType("text/plain");
        context.result("%s  %s\n".formatted(file.digests().md5(), file.name()));
        return;
      }
    }
    throw Caller.notFound("The update has no file '%s'".formatted(asked));
  }

  private void feedback(Context context) throws RefusedRequestException {
    Caller caller = caller(context);
    long version = caller.action(context);
    Feedback feedback = read(context, version);
    switch (feedback.verdict()) {
      case UNDER_WAY, REJECTED -> {
        fleet.atWork(caller.target(), version, clock.instant());
        context.status(OK);
      }
      case SUCCESS -> {
        if (fleet.isToldToGiveUp(caller.target(), version)) {
          // SWUpdate says so of an update that it would have begun now.
          cancelled(context, caller, version);
        } else {
          report(context, caller, version, null);
        }
      }
      case FAILURE ->
          report(
              context,
              caller,
              version,
              feedback.details().isEmpty() ? "the client says no more" : feedback.details());
      case CANCELED -> {
        if (caller.isNewest(version)) {
          // Offered again it would be given up again.
          report(context, caller, version, "the client has given it up");
        } else {
          cancelled(context, caller, version);
        }
      }
    }
  }

  private void cancelAction(Context context) throws RefusedRequestException {
    Caller caller = caller(context);
    long version = caller.action(context);
    if (caller.isNewest(version)) {
      throw Caller.notFound(
          "Action %d is not to be given up: it is the newest update".formatted(version));
    }
    fleet.toldToGiveUp(caller.target(), version, clock.instant());
    answer(context, DdiJson.cancelAction(version));
  }

  private void cancelFeedback(Context context) throws RefusedRequestException {
    Caller caller = caller(context);
    long version = caller.action(context);
    switch (read(context, version).verdict()) {
      case SUCCESS, CANCELED -> cancelled(context, caller, version);
      case FAILURE, REJECTED -> {
        fleet.goesOn(caller.target(), version, clock.instant());
        context.status(OK);
      }
      case UNDER_WAY -> context.status(OK);
    }
  }

  /** Clients send attributes of the device only where they are asked to. */
  private void configData(Context context) throws RefusedRequestException {
    Caller unused = caller(context);
    try {
      JsonFields attributes = Json.object(context.bodyAsBytes()).object("data");
      attributes.names().forEach(attributes::text);
    } catch (InvalidJsonException e) {
      throw invalid(e);
    }
    context.status(OK);
  }

  private void cancelled(Context context, Caller caller, long version) {
    fleet.cancelled(caller.target(), version, clock.instant());
    metrics.cancelled();
    context.status(OK);
  }

  private void report(Context context, Caller caller, long version, @Nullable String failure) {
    reports.answer(context, targetReports.report(caller, version, failure, clock.instant()), OK);
  }

  private Caller caller(Context context) throws RefusedRequestException {
    String tenant = context.pathParam("tenant");
    ChannelName follows = plan.tenants().get(tenant);
    if (follows == null) {
      throw Caller.notFound("gateway.hawkbit.tenants has no tenant '%s'".formatted(tenant));
    }
    String id = context.pathParam("controllerId");
    if (!DdiPath.isControllerId(id)) {
      throw RefusedRequestException.badRequest(
          "Expected a controller's id of 1 to 256 letters, digits and . _ : @ -");
    }
    if (!channels.isComplete() || !fleet.isComplete()) {
      throw RefusedRequestException.unavailable("The gateway is starting", STARTING_SECONDS);
    }
    return new Caller(tenant, new Target(follows, id), Published.of(channels, follows));
  }

  private List<DescribedFile> described(Publication update) throws RefusedRequestException {
    try {
      List<DescribedFile> files = deployments.described(update);
      if (!files.isEmpty()) {
        return files;
      }
    } catch (IOException e) {
      // Falls through to the same answer as a file that was removed before.
    }
    throw Caller.notFound(
        "The artifact of action %d is kept no longer".formatted(update.manifest().version()));
  }

  private static Feedback read(Context context, long version) throws RefusedRequestException {
    try {
      Feedback feedback = Feedback.read(context.bodyAsBytes());
      if (feedback.action().isEmpty() || feedback.action().equals(Long.toString(version))) {
        return feedback;
      }
      throw new InvalidJsonException(
          "id", "'id' is another action than that of the path: expected " + version);
    } catch (InvalidJsonException e) {
      throw invalid(e);
    }
  }

  private DdiJson json(Context context, Caller caller) throws RefusedRequestException {
    String host = context.header("Host");
    if (plan.address().isEmpty() && host == null) {
      throw RefusedRequestException.badRequest("Expected a header Host, which links begin with");
    }
    String server = plan.address().map(URI::toString).orElse(scheme + "://" + host);
    return new DdiJson(
        "%s/%s/controller/v1/%s"
            .formatted(
                server.endsWith("/") ? server.substring(0, server.length() - 1) : server,
                caller.tenant(),
                DdiJson.segment(caller.id())));
  }

  private static void answer(Context context, String json) {
    context.header("Cache-Control", "no-store");
    context.contentType("application/json");
    context.result(json);
  }

  private static RefusedRequestException invalid(InvalidJsonException e) {
    return RefusedRequestException.badRequest(
        String.valueOf(e.getMessage()),
        e.field().isEmpty() ? Map.of() : Map.of("field", e.field()));
  }
}

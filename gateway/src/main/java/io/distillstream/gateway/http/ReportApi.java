package io.distillstream.gateway.http;

import io.distillstream.gateway.report.RefusedReportException;
import io.distillstream.gateway.report.ReportIntake;
import io.distillstream.http.RefusedRequestException;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * What devices say: {@code POST /v1/reports} takes what became of an update, {@code POST
 * /v1/status} how a device is. Answered once all replicas have it, and may be sent again else.
 */
public final class ReportApi {

  private static final int RETRY_SECONDS = 10;

  private final ReportIntake intake;
  private final Executor answering;

  /**
   * @param answering where answers are made
   */
  public ReportApi(ReportIntake intake, Executor answering) {
    this.intake = intake;
    this.answering = answering;
  }

  public void addTo(JavalinConfig config) {
    config.routes.post(
        "/v1/reports",
        context -> answer(context, intake.report(context.bodyAsBytes(), Optional.empty())));
    config.routes.post(
        "/v1/status",
        context -> answer(context, intake.status(context.bodyAsBytes(), Optional.empty())));
  }

  private void answer(Context context, CompletableFuture<Void> taken) {
    context.future(
        () ->
            taken.handleAsync(
                (done, failure) -> {
                  if (failure instanceof RefusedReportException refused) {
                    refusal(refused).answer(context);
                  } else {
                    context.status(Answers.NO_CONTENT);
                  }
                  return null;
                },
                answering));
  }

  private static RefusedRequestException refusal(RefusedReportException refused) {
    String why = String.valueOf(refused.getMessage());
    return switch (refused.fault()) {
      case CONTENT ->
          RefusedRequestException.badRequest(
              why, refused.field().isEmpty() ? Map.of() : Map.of("field", refused.field()));
      case SIZE -> RefusedRequestException.tooLarge(why);
      case MOMENT -> RefusedRequestException.unavailable(why, RETRY_SECONDS);
    };
  }
}

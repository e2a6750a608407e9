package io.distillstream.gateway.http;

import io.distillstream.gateway.report.RefusedReportException;
import io.distillstream.gateway.report.ReportIntake;
import io.distillstream.http.RefusedRequestException;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

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
        context ->
            answer(
                context,
                intake.report(context.bodyAsBytes(), Optional.empty()),
                Answers.NO_CONTENT));
    config.routes.post(
        "/v1/status",
        context ->
            answer(
                context,
                intake.status(context.bodyAsBytes(), Optional.empty()),
                Answers.NO_CONTENT));
  }

  /**
   * Answers once something was taken in or refused.
   *
   * @param taken as of {@link ReportIntake}
   * @param status of the answer where it was taken in
   */
  public void answer(Context context, CompletableFuture<?> taken, int status) {
    context.future(
        () ->
            taken.handleAsync(
                (done, failure) -> {
                  if (cause(failure) instanceof RefusedReportException refused) {
                    refusal(refused).answer(context);
                  } else {
                    context.status(status);
                  }
                  return null;
                },
                answering));
  }

  /** A future that follows from another one fails with that one's failure wrapped. */
  private static @Nullable Throwable cause(@Nullable Throwable failure) {
    return failure instanceof CompletionException ? failure.getCause() : failure;
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

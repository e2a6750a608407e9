package io.distillstream.teacher.openai.call;

import java.net.URI;
import java.time.Duration;

/**
 * Where calls go.
 *
 * @param url with {@code /v1} or without
 * @param path of the endpoint, from {@code /v1} on
 * @param connectTimeout until there is a connection
 * @param timeout of a call, until its answer is whole
 * @param concurrency calls at the same time
 */
public record ServerSettings(
    URI url, String path, ApiKey key, Duration connectTimeout, Duration timeout, int concurrency) {}

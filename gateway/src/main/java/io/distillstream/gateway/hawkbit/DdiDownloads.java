package io.distillstream.gateway.hawkbit;

import io.distillstream.gateway.channel.Channels;
import io.distillstream.gateway.channel.Publication;
import io.distillstream.gateway.hawkbit.fleet.ChannelName;
import io.distillstream.gateway.http.DownloadReads;
import io.distillstream.gateway.store.Download;
import java.util.Map;
import java.util.Optional;

/** The files of updates at the paths that clients are given. */
final class DdiDownloads implements DownloadReads.Shelf {

  private final Map<String, ChannelName> tenants;
  private final Channels channels;
  private final Deployments deployments;

  DdiDownloads(Map<String, ChannelName> tenants, Channels channels, Deployments deployments) {
    this.tenants = tenants;
    this.channels = channels;
    this.deployments = deployments;
  }

  @Override
  public boolean serves(String path) {
    return DdiPath.file(path).isPresent();
  }

  @Override
  public Optional<Download> find(String path) {
    return DdiPath.file(path)
        .flatMap(
            file ->
                Optional.ofNullable(tenants.get(file.tenant()))
                    .flatMap(follows -> Published.of(channels, follows).version(file.version()))
                    .flatMap(update -> named(update, file.name())));
  }

  @Override
  public boolean isComplete() {
    return channels.isComplete();
  }

  private Optional<Download> named(Publication update, String name) {
    return Optional.ofNullable(deployments.of(update).get(name));
  }
}

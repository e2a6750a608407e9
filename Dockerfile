# Runs what ./distillstream has built on the host: build there first.
FROM eclipse-temurin:17-jre
WORKDIR /opt/distillstream
COPY local/target/lib lib
COPY local/target/classes classes
VOLUME /data
# What is left in the data folder is traffic, and what was learned from it.
ENTRYPOINT ["sh", "-c", "umask 077 && exec \"$0\" \"$@\"", "java", "-XX:+UseSerialGC", "-Xmx2g", "-Dai.djl.offline=true", "-Dai.djl.pytorch.num_threads=1", "-Dai.djl.pytorch.num_interop_threads=1", "-cp", "classes:lib/*", "io.distillstream.local.Distillstream"]

#!/usr/bin/env bash
# Makes images that stand in for official ones, under their tags, where no registry of images can be
# reached: from this machine's Java and shell, Kafka's jars and Apicurio's archive, as Maven fetched them.
# An image that is already there is left alone. They are for tests, and nobody should publish them.
#
#   build.sh JARS APICURIO_ARCHIVE     needs a running engine (docker, DOCKER_HOST)
set -euo pipefail

jars=$1
archive=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
java_home=$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

label() {
  sed -n "s#^ *image: *\($1:.*\)#\1#p" "$here/../../../../docker-compose.yml" | head -n 1
}

absent() {
  ! docker image inspect "$1" >/dev/null 2>&1
}

# A root file system with programs of this machine and the libraries that they are linked to.
programs() {
  local root=$1 program
  shift
  mkdir -p "$root"/{etc,lib,lib64,usr/bin,usr/lib,tmp,var,proc,sys,dev,root}
  ln -s usr/bin "$root/bin"
  chmod 1777 "$root/tmp"
  printf 'root:x:0:0:root:/root:/bin/bash\n' >"$root/etc/passwd"
  printf 'root:x:0:\n' >"$root/etc/group"
  printf 'hosts: files dns\n' >"$root/etc/nsswitch.conf"
  for program; do
    cp -L "$(command -v "$program")" "$root/usr/bin/"
    libraries "$root" "$(command -v "$program")"
  done
}

# The libraries that files of this machine are linked to.
libraries() {
  local root=$1 library
  shift
  { ldd "$@" 2>/dev/null || true; } | grep -oE '/[^ :]+\.so[^ :]*' | sort -u | while read -r library; do
    take "$root" "$library"
  done
}

# A file of this machine, at the same place; but for Java's, which have one of their own.
take() {
  if [[ ! -e $1$2 && $2 != "$java_home"/* ]]; then
    mkdir -p "$1$(dirname "$2")"
    cp -L "$2" "$1$2"
  fi
}

# What an image with Java has: a shell, its usual programs, the C++ runtime.
java_root() {
  local root=$1
  programs "$root" bash sh cat chmod cut date dirname env grep head id ls mkdir mktemp mv readlink rm sed sleep stat tail tee tr
  mkdir -p "$root/opt/java"
  tar -C "$java_home" -chf - --exclude=jmods --exclude=src.zip --exclude='*.diz' bin conf lib release | tar -C "$root/opt/java" -xf -
  # shellcheck disable=SC2046 # No name of a library has a space in it.
  libraries "$root" $(find "$java_home/lib" -name '*.so')
  # The C and C++ runtimes whole, as a distribution has them.
  local name
  for name in libstdc++.so.6 libgcc_s.so.1 libm.so.6 libdl.so.2 librt.so.1 libpthread.so.0 libutil.so.1 libresolv.so.2; do
    take "$root" "$(ldconfig -p | sed -n "s#.*$name .*=> ##p" | head -n 1)"
  done
}

import() {
  local root=$1 image=$2
  shift 2
  tar -C "$root" -cf - . | docker import -c 'ENV JAVA_HOME=/opt/java PATH=/opt/java/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' "$@" - "$image" >/dev/null
  echo "$image is a stand-in, made on this machine." >&2
}

java_image=eclipse-temurin:17-jre
kafka_image=$(label apache/kafka)
registry_image=$(label 'apicurio/[a-z-]*')

if absent "$java_image" || absent "$kafka_image" || absent "$registry_image"; then
  java_root "$work/java"
fi

if absent "$java_image"; then
  import "$work/java" "$java_image"
fi

if absent "$kafka_image"; then
  root=$work/java
  mkdir -p "$root"/opt/kafka/{bin,libs} "$root/etc/kafka/docker" "$root/var/lib/kafka/data"
  find "$jars" -name '*.jar' -size -12M -exec cp {} "$root/opt/kafka/libs/" \;
  cp "$here/kafka/logback.xml" "$root/opt/kafka/"
  install -m 755 "$here/kafka/run" "$root/etc/kafka/docker/run"
  import "$root" "$kafka_image" -c 'ENTRYPOINT ["/etc/kafka/docker/run"]' -c 'EXPOSE 9092'
  rm -r "$root/opt/kafka" "$root/etc/kafka" "$root/var/lib/kafka"
fi

if absent "$registry_image"; then
  root=$work/java
  mkdir -p "$root/deployments"
  tar -C "$root/deployments" -xzf "$archive"
  import "$root" "$registry_image" -c 'WORKDIR /deployments' -c 'EXPOSE 8080' \
    -c 'ENTRYPOINT ["sh", "-c", "exec java -Xmx256m -XX:+UseSerialGC -jar *-runner.jar"]'
fi

# triaged/redis: Debian's Redis, where the official image cannot be had.
ARG BASE_IMAGE=debian:bookworm-slim
FROM ${BASE_IMAGE}
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends -o Dpkg::Options::=--force-unsafe-io redis-server \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/*
USER redis
CMD ["redis-server"]

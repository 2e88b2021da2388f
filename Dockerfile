# `docker build -t concord .`, then `docker run --rm -v "$PWD:/rules" concord check .`
FROM swift:6.1-noble AS build
WORKDIR /source
COPY Package.swift ./
COPY Sources Sources
COPY Targets Targets
COPY Tests Tests
RUN swift build -c release --static-swift-stdlib --product concord -Xlinker -s \
  && cp "$(swift build -c release --static-swift-stdlib --product concord --show-bin-path)/concord" /concord

# curl reaches the engines of `verify --engine`, git answers `--base`.
FROM ubuntu:24.04
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates curl git \
  && rm -rf /var/lib/apt/lists/* \
  && git config --system --add safe.directory '*'
COPY --from=build /concord /usr/local/bin/concord
WORKDIR /rules
ENTRYPOINT ["concord"]
CMD ["--help"]

# The image of every role: one entry point, `argus`, no shell script, nothing that writes outside /tmp and /var/lib/argus.
#
#   docker build --tag argus-streams .
#
# A digest pins the base for good: --build-arg PYTHON=python:3.13-slim-trixie@sha256:…
ARG PYTHON=python:3.13-slim-trixie

FROM ${PYTHON} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
# what the locks name changes seldom: its layers are built again only then
COPY requirements.build.lock requirements.runtime.lock ./
RUN python -m venv /build \
    && /build/bin/python -m pip install --quiet --require-hashes --requirement requirements.build.lock
# no pip in what runs; pip of the build stage compiles what it installs, for nothing can be compiled later
RUN python -m venv --without-pip /opt/argus \
    && /build/bin/python -m pip --python /opt/argus/bin/python install --quiet --only-binary :all: \
        --require-hashes --requirement requirements.runtime.lock
COPY . .
RUN /build/bin/python -m pip wheel --quiet --no-build-isolation --no-deps --no-index --wheel-dir /dist . \
    && /build/bin/python -m pip --python /opt/argus/bin/python install --quiet --no-deps --no-index /dist/*.whl

FROM ${PYTHON}
# the base brings its library without bytecode; each start, and each probe, would compile what it imports
RUN groupadd --gid 10001 argus \
    && useradd --uid 10001 --gid 10001 --no-log-init --no-create-home --home-dir /tmp --shell /usr/sbin/nologin argus \
    && install --directory --owner 10001 --group 10001 /var/lib/argus \
    && python -c 'import compileall, sysconfig; compileall.compile_dir(sysconfig.get_path("stdlib"), quiet=2)'
COPY --from=build /opt/argus /opt/argus
ENV PATH=/opt/argus/bin:$PATH HOME=/tmp PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="argus-streams" \
      org.opencontainers.image.description="Turns what production says about itself into a short list of explained problems, in Postgres" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="Apache-2.0"
USER 10001:10001
WORKDIR /var/lib/argus
EXPOSE 8080
STOPSIGNAL SIGTERM
ENTRYPOINT ["argus"]
CMD ["--help"]

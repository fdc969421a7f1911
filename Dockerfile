# Hearth in a container: docker build -t hearth . && docker run --network host -v /srv/house:/config hearth
FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE CHANGELOG.md SECURITY.md ARCHITECTURE.md config.example.yaml ./
COPY hub hub
COPY plugins plugins
COPY scripts scripts
RUN python -m venv /opt/hearth && /opt/hearth/bin/pip install --no-cache-dir ".[speed]"

FROM python:3.13-slim
LABEL org.opencontainers.image.title="Hearth" org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --system --uid 1883 --create-home hearth && install --directory --owner=hearth --mode=700 /config
COPY --from=build /opt/hearth /opt/hearth
ENV PATH=/opt/hearth/bin:$PATH HUB_CONFIG=/config/config.yaml PYTHONUNBUFFERED=1
USER hearth
VOLUME /config
EXPOSE 1883 8883 8123
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["hub", "status", "--quiet"]
CMD ["sh", "-c", "[ -e \"$HUB_CONFIG\" ] || hub init --yes /config; exec hub run"]

# The provider, and the demo sites. Runs as an ordinary user on a read-only root; what is kept is kept in /data.
#   docker build -t yufu .
#   docker run --rm yufu --help

FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/yufu
WORKDIR /src
COPY deploy/requirements.lock deploy/
RUN /opt/yufu/bin/pip install --require-hashes --no-deps -r deploy/requirements.lock
COPY setup.cfg pyproject.toml MANIFEST.in README.md LICENSE ./
COPY idp idp
COPY keys keys
COPY clients clients
COPY templates templates
# Neither installer stays: nothing can be added to the image while it runs.
RUN /opt/yufu/bin/pip install --no-deps --no-build-isolation . \
 && /opt/yufu/bin/pip uninstall --yes setuptools pip

FROM python:3.11-slim-bookworm
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin yufu \
 && install --directory --owner=10001 --group=10001 --mode=0700 /data
COPY --from=build /opt/yufu /opt/yufu
ENV PATH=/opt/yufu/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    IDP_WEB__BIND=0.0.0.0:9000 \
    IDP_DB__URL=sqlite:////data/yufu.db \
    IDP_KEYS__URL=file:/data/keys \
    IDP_KEYS__OFFLINE=/data/offline-keys
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 9000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9000/healthz/live', timeout=2)"]
ENTRYPOINT ["idp"]
CMD ["serve"]

# syntax=docker/dockerfile:1

# The browser app.
FROM node:22-bookworm-slim AS web
WORKDIR /src/web
COPY web/package.json web/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY web ./
RUN npm run build

# An environment with Livecue's wheel, its pinned dependencies (with those of recordings in a bucket) and the default recogniser.
FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/livecue
ENV PATH=/opt/livecue/bin:$PATH
WORKDIR /src
COPY requirements-build.lock requirements-image.lock ./
RUN pip install --require-hashes -r requirements-build.lock -r requirements-image.lock
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY assist ./assist
COPY asr ./asr
COPY nlp ./nlp
COPY models ./models
COPY gateway ./gateway
COPY livecue ./livecue
COPY examples ./examples
COPY --from=web /src/gateway/static ./gateway/static
COPY scripts/wheel_layout.py ./scripts/
RUN pip install --no-deps --no-build-isolation . \
    && LIVECUE_MODELS_DIR=/opt/livecue/weights livecue models fetch whisper-base \
    && LIVECUE_MODELS_DIR=/opt/livecue/weights livecue rules check examples/playbooks/*.yaml

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/livecue livecue
COPY --from=build /opt/livecue /opt/livecue
ENV PATH=/opt/livecue/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    LIVECUE_HOST=0.0.0.0 \
    LIVECUE_PORT=8765 \
    LIVECUE_PUBLIC_URL=http://localhost:8765 \
    LIVECUE_DATA_DIR=/var/lib/livecue \
    LIVECUE_MODELS_DIR=/opt/livecue/weights
USER 10001
WORKDIR /var/lib/livecue
VOLUME ["/var/lib/livecue"]
EXPOSE 8765
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8765/healthz', timeout=4)"]
ENTRYPOINT ["livecue"]
CMD ["serve"]

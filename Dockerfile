# Fingerpost: every platform that .env sets up, from one process. It writes under /data, and guides that admins add to /app/corpus.
FROM python:3.12-slim

RUN useradd --uid 10001 --create-home --home-dir /home/fingerpost fingerpost \
    && install --directory --owner=fingerpost /data
WORKDIR /app
COPY pyproject.toml requirements.lock README.md LICENSE* ./
COPY bot bot
COPY retrieval retrieval
COPY --chown=fingerpost corpus corpus

# TORCH_INDEX takes PyTorch from another package index as well, such as PyTorch's own one of CPU builds: it saves gigabytes.
ARG TORCH_INDEX=
RUN pip install --no-cache-dir --constraint requirements.lock ${TORCH_INDEX:+--extra-index-url "$TORCH_INDEX"} .

USER fingerpost
ENV FINGERPOST_HOME=/data \
    FINGERPOST_CORPUS=/app/corpus \
    HF_HOME=/tmp/huggingface \
    XDG_CACHE_HOME=/tmp/cache \
    PYTHONUNBUFFERED=1
VOLUME ["/data", "/app/corpus"]

# As long as every platform runs, /data/alive is touched every ten seconds.
HEALTHCHECK --interval=30s --timeout=5s --start-period=5m --retries=3 \
    CMD ["python", "-c", "import os, sys, time; sys.exit(time.time() - os.path.getmtime('/data/alive') > 60)"]

ENTRYPOINT ["fingerpost"]
CMD ["run"]

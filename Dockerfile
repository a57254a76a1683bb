# One image for API and workers: the viewer is built in the first stage.
FROM node:24-alpine AS viewer
WORKDIR /build/viewer
COPY viewer/package.json viewer/package-lock.json viewer/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY viewer/ ./
RUN npm run build

FROM python:3.12-slim
# the interpreter must be readable for an unprivileged user: the locked children run as one
ENV PYTHONUNBUFFERED=1 PATH=/opt/tushen/bin:$PATH
RUN python -m venv /opt/tushen && useradd --system --create-home --home-dir /data tushen
WORKDIR /opt/tushen/app
COPY requirements.lock pyproject.toml README.md LICENSE ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pipeline/ pipeline/
COPY rules/ rules/
COPY api/ api/
COPY sample_drawings/ sample_drawings/
RUN pip install --no-cache-dir "setuptools>=77" && pip install --no-cache-dir --no-deps --no-build-isolation --editable .
COPY --from=viewer /build/viewer/dist viewer/dist
USER tushen
CMD ["tushen", "serve", "--host", "0.0.0.0", "--port", "8000"]

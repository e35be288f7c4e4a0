# syntax=docker/dockerfile:1
FROM node:24-bookworm-slim AS web
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY frontend/ ./
RUN npm run build

FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=web /src/frontend/dist ./frontend/dist
RUN CGO_ENABLED=0 go build -tags nomsgpack -trimpath -ldflags "-s -w" -o /nhaso . \
 && mkdir -p /empty/data

# Nothing but the binary: no shell, no package manager, no root.
FROM scratch
COPY --from=build /nhaso /nhaso
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build --chown=10001:10001 /empty/data /data
USER 10001:10001
ENV NHASO_ADDR=:8080 NHASO_DATA_DIR=/data
EXPOSE 8080
ENTRYPOINT ["/nhaso"]
CMD ["serve"]

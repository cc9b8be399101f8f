# From the root of the repository: docker build --file deploy/images/gateway.Dockerfile --tag localhost/portcullis/gateway:0.1.0 .
# What is published runs on every architecture, so the build stage stays on the builder's own.
FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
WORKDIR /source

# Packages first, and only those that the lock files name: they change less often than code.
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY src/Contract/Contract.csproj src/Contract/packages.lock.json src/Contract/
COPY src/Hosting/Hosting.csproj src/Hosting/packages.lock.json src/Hosting/
COPY src/Gateway/Gateway.csproj src/Gateway/packages.lock.json src/Gateway/
RUN ["dotnet", "restore", "src/Gateway", "--locked-mode"]

COPY src/Contract src/Contract
COPY src/Hosting src/Hosting
COPY src/Gateway src/Gateway
RUN ["dotnet", "publish", "src/Gateway", "--configuration", "Release", "--no-restore", "--output", "/published", "-p:UseAppHost=false"]

# Neither shell nor package manager; OpenSSL and the runtime.
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled
LABEL org.opencontainers.image.title="Portcullis gateway" \
      org.opencontainers.image.description="Terminates public HTTPS and opens verified HTTPS connections to backends" \
      org.opencontainers.image.licenses="Apache-2.0"

# The diagnostics port is a socket in /tmp through which memory, keys included, can be dumped. Ports are given by options alone.
ENV DOTNET_EnableDiagnostics=0 \
    ASPNETCORE_HTTP_PORTS=

WORKDIR /app
COPY --from=build /published .
# By number: Kubernetes cannot tell whether a name is root.
USER 1654:1654
EXPOSE 8443 8080 8081
ENTRYPOINT ["dotnet", "Portcullis.Gateway.dll"]

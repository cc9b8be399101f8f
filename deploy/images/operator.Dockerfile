# From the root of the repository: docker build --file deploy/images/operator.Dockerfile --tag localhost/portcullis/operator:0.1.0 .
# What is published runs on every architecture, so the build stage stays on the builder's own.
FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
WORKDIR /source

# Packages first, and only those that the lock files name: they change less often than code.
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY src/Contract/Contract.csproj src/Contract/packages.lock.json src/Contract/
COPY src/Hosting/Hosting.csproj src/Hosting/packages.lock.json src/Hosting/
COPY src/Operator/Operator.csproj src/Operator/packages.lock.json src/Operator/
RUN ["dotnet", "restore", "src/Operator", "--locked-mode"]

# Compared with what is installed in the cluster.
COPY deploy/crds deploy/crds
COPY src/Contract src/Contract
COPY src/Hosting src/Hosting
COPY src/Operator src/Operator
RUN ["dotnet", "publish", "src/Operator", "--configuration", "Release", "--no-restore", "--output", "/published", "-p:UseAppHost=false"]

# Neither shell nor package manager; OpenSSL and the runtime.
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled
LABEL org.opencontainers.image.title="Portcullis operator" \
      org.opencontainers.image.description="Turns BackendRoutes and TrustBundles into the configuration of gateways" \
      org.opencontainers.image.licenses="Apache-2.0"

# The diagnostics port is a socket in /tmp through which memory, keys included, can be dumped. Ports are given by options alone.
ENV DOTNET_EnableDiagnostics=0 \
    ASPNETCORE_HTTP_PORTS=

WORKDIR /app
COPY --from=build /published .
# By number: Kubernetes cannot tell whether a name is root.
USER 1654:1654
EXPOSE 9443 8082
ENTRYPOINT ["dotnet", "Portcullis.Operator.dll"]

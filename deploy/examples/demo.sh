#!/usr/bin/env bash
# Prints a backend to try Portcullis with: a throw-away CA made now, an nginx with a certificate from it, and the bundle and route for both.
#   deploy/examples/demo.sh | kubectl apply -f -
#   deploy/examples/demo.sh wrong-name | kubectl apply -f -     # the certificate is for another name: see the route refuse
# NGINX names another image of an unprivileged nginx. The keys are new each time and nowhere but in what is printed.
set -euo pipefail

name=orders.corp.internal
certified=$name
case ${1:-} in
  "") ;;
  wrong-name) certified=invoices.corp.internal ;;
  *) echo "usage: $0 [wrong-name]" >&2; exit 2 ;;
esac
image=${NGINX:-nginxinc/nginx-unprivileged:1.29}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

openssl ecparam -name prime256v1 -genkey -noout -out root.key
openssl req -x509 -new -key root.key -sha256 -days 30 -subj "/CN=Demo Root" -out root.crt \
  -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign
openssl ecparam -name prime256v1 -genkey -noout -out tls.key
openssl req -new -key tls.key -subj "/CN=$certified" -out tls.csr
openssl x509 -req -in tls.csr -CA root.crt -CAkey root.key -CAcreateserial -sha256 -days 30 -out tls.crt 2>/dev/null -extfile <(
  printf '%s\n' "subjectAltName=DNS:$certified" extendedKeyUsage=serverAuth keyUsage=critical,digitalSignature basicConstraints=critical,CA:FALSE
)

text() { sed 's/^/    /' "$1"; }
cat <<MANIFESTS
apiVersion: v1
kind: Namespace
metadata: {name: portcullis-demo}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: demo-root, namespace: portcullis-demo}
data:
  ca.crt: |
$(text root.crt)
---
apiVersion: portcullis.dev/v1alpha1
kind: TrustBundle
metadata: {name: demo-root, namespace: portcullis-demo}
spec:
  sources:
  - name: published
    configMap: {name: demo-root, key: ca.crt}
---
apiVersion: portcullis.dev/v1alpha1
kind: BackendRoute
metadata: {name: orders, namespace: portcullis-demo}
spec:
  hostnames: [orders.example.com]
  rules:
  - name: all
    backendRefs: [{name: orders}]
  backends:
  - name: orders
    serviceRef: {name: orders, port: 443}
    tls:
      validation:
        caCertificateRefs: [{name: demo-root}]
        hostname: $name
---
apiVersion: v1
kind: Secret
metadata: {name: orders, namespace: portcullis-demo}
type: kubernetes.io/tls
stringData:
  tls.crt: |
$(text tls.crt)
  tls.key: |
$(text tls.key)
---
apiVersion: v1
kind: ConfigMap
metadata: {name: orders, namespace: portcullis-demo}
data:
  default.conf: |
    server {
      listen 8443 ssl;
      ssl_certificate /etc/tls/tls.crt;
      ssl_certificate_key /etc/tls/tls.key;
      location / { return 200 "hello from orders\n"; }
    }
---
apiVersion: v1
kind: Service
metadata: {name: orders, namespace: portcullis-demo}
spec:
  selector: {app: orders}
  ports:
  - {name: https, port: 443, targetPort: 8443}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: orders, namespace: portcullis-demo}
spec:
  selector: {matchLabels: {app: orders}}
  template:
    metadata:
      labels: {app: orders}
      # A certificate from another run of this script restarts it.
      annotations: {demo/certificate: "$(sha256sum tls.crt | cut -c 1-12)"}
    spec:
      automountServiceAccountToken: false
      securityContext: {runAsNonRoot: true, runAsUser: 101, seccompProfile: {type: RuntimeDefault}}
      containers:
      - name: nginx
        image: $image
        securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
        ports: [{name: https, containerPort: 8443}]
        readinessProbe: {tcpSocket: {port: https}}
        resources: {requests: {cpu: 10m, memory: 32Mi}, limits: {memory: 64Mi}}
        volumeMounts:
        - {name: site, mountPath: /etc/nginx/conf.d, readOnly: true}
        - {name: tls, mountPath: /etc/tls, readOnly: true}
      volumes:
      - {name: site, configMap: {name: orders}}
      - {name: tls, secret: {secretName: orders}}
MANIFESTS

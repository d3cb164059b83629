#!/bin/sh
# Fill the passwords into the definitions, then start RabbitMQ as the image would.
set -eu
umask 077
sed_script=
for name in REDRESS_AMQP_PASSWORD CALLCENTRE_AMQP_PASSWORD; do
  eval "value=\${$name:-}"
  case $value in
    '' | *[!A-Za-z0-9._~-]*)
      # They also stand in URLs and in JSON.
      echo "$name must be given, of letters, digits and . _ ~ - only" >&2
      exit 1
      ;;
  esac
  sed_script="$sed_script;s/@$name@/$value/"
done
sed "$sed_script" /redress/definitions.json >/etc/rabbitmq/definitions.json
mkdir -p /etc/rabbitmq/conf.d
cp /redress/rabbitmq.conf /etc/rabbitmq/conf.d/30-redress.conf
chown rabbitmq:rabbitmq /etc/rabbitmq/definitions.json /etc/rabbitmq/conf.d/30-redress.conf
unset REDRESS_AMQP_PASSWORD CALLCENTRE_AMQP_PASSWORD
if command -v docker-entrypoint.sh >/dev/null; then exec docker-entrypoint.sh rabbitmq-server; fi
exec rabbitmq-server

/** The options of `direct-push serve`, as `parseArgs` of node:util takes them. A configuration file has the same names. */
export const serveFlags = {
  imap: { type: "string" },
  smtp: { type: "string" },
  "smtp-user": { type: "string" },
  "smtp-no-login": { type: "boolean" },
  "master-user": { type: "string" },
  "master-form": { type: "string" },
  domain: { type: "string" },
  "address-domain": { type: "string" },
  "mail-ca": { type: "string" },
  "mail-insecure": { type: "boolean" },
  "no-copy-to-sent": { type: "boolean" },
  watch: { type: "string" },
  poll: { type: "string" },
  host: { type: "string" },
  port: { type: "string" },
  cert: { type: "string" },
  key: { type: "string" },
  "trust-proxy": { type: "string", multiple: true },
  "tcp-keep-alive": { type: "string" },
  state: { type: "string" },
  redis: { type: "string", multiple: true },
  "forget-after": { type: "string" },
  autodiscover: { type: "string" },
  "min-heartbeat": { type: "string" },
  "max-heartbeat": { type: "string" },
  learning: { type: "string" },
  workers: { type: "string" },
  drain: { type: "string" },
  "metrics-port": { type: "string" },
  "metrics-host": { type: "string" },
  "status-port": { type: "string" },
  "status-host": { type: "string" },
  "status-name": { type: "string", multiple: true },
  "log-level": { type: "string" },
  check: { type: "boolean" },
  user: { type: "string" },
  config: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

/** What `--help` prints. */
export const serveHelp = `Usage: direct-push serve --imap URL [--smtp URL] [options]

Puts Direct Push in front of a mail server: phones that speak Exchange ActiveSync get push from it.
It needs the packages imapflow, postal-mime, nodemailer and lmdb (or redis) beside direct-push, ical.js for invitations, and prom-client
for metrics.

The mail server:
  --imap URL              imaps://mail.example.com, or imap://mail.example.com for STARTTLS; in the clear to this machine alone
  --smtp URL              smtps://mail.example.com or smtp://mail.example.com; without it phones cannot send
  --smtp-user USER        log in to SMTP as this user, instead of as the phone's; --smtp-no-login: as nobody
  --master-user USER      open every mailbox as this user, instead of with the phone's login
  --master-form FORM      how: authzid, or suffix for user*master (default authzid)
  --domain DOMAIN         added to users who log in without one
  --address-domain DOMAIN what users' names lack to be the addresses that they send from
  --mail-ca FILE          certificates (PEM) that the mail server's certificate is checked against
  --mail-insecure         take any certificate of the mail server
  --no-copy-to-sent       the mail server keeps a copy of what is sent by itself
  --watch MODE            how the server is to tell of changes: auto (NOTIFY, or IDLE), idle, or poll (default auto)
  --poll DURATION         how often to ask for changes that the server does not tell by itself (default 1m)

Phones:
  --host ADDRESS          where to listen (default: every address; behind a proxy, 127.0.0.1)
  --port PORT             default 443 with a certificate, 8080 without
  --cert FILE --key FILE  certificate with its chain, and key (PEM); read again when they change
  --trust-proxy NETWORK   a proxy in front, as 127.0.0.1 or 10.0.0.0/8; may be given several times
  --tcp-keep-alive DURATION
                          probe connections that were idle for so long, as 20m (default: never, as each probe wakes the phone)
  --autodiscover URL      https://mail.example.com/Microsoft-Server-ActiveSync, for accounts set up by address alone
  --min-heartbeat DURATION, --max-heartbeat DURATION
                          bounds of the intervals that phones may ask for (default 1m and 59m)
  --learning MODE         off, observe, answer-early or refuse (default answer-early)

Running it:
  --state FOLDER          what phones have got so far (default: $STATE_DIRECTORY, or direct-push in your state folder);
                          memory: nowhere, phones load everything again after a restart
  --redis URL             keep it in Redis, redis://host:port or rediss://, where many machines are one server;
                          of a Redis Cluster, one or more of its nodes, each by a --redis of its own
  --forget-after DAYS     forget phones that were not seen for so long, 0 for never (default 90)
  --workers COUNT         processes that serve phones (default 1)
  --drain DURATION        over how long the end of the server is spread, up to 1m (default 5s)
  --metrics-port PORT     Prometheus metrics at /metrics; --metrics-host ADDRESS (default 127.0.0.1)
  --status-port PORT      a page of what is held, without a login; --status-host ADDRESS (default 127.0.0.1)
  --status-name NAME      a host name that the page may be asked for by; may be given several times
  --log-level LEVEL       error, warn or info, which has a line for each request (default info)
  --config FILE           a JSON object of these options by their names; the command line counts more
  --check [--user USER]   look whether all is well, log in once, and end
  --help                  this text

Passwords are never arguments: every user of a machine can read those. They are taken from the environment:
DIRECT_PUSH_MASTER_PASSWORD, DIRECT_PUSH_SMTP_PASSWORD, and DIRECT_PUSH_PASSWORD for --check, which asks for it otherwise.
DIRECT_PUSH_REDIS_URL is --redis with a password: redis://:password@host:port; several with spaces between them.

SIGTERM or SIGINT ends the server gracefully; the second one at once.
Exit status: 0 all is well, 1 --check found a fault or the server could not go on, 2 the options make no sense.
`;

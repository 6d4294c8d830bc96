/**
 * Which folder of src may import which.
 * Every layer may import itself and `errors`; `types` are the layers of which it may import
 * types alone, `typesFrom` such files, and `files` single files of which it may import everything.
 */
const everything = "*";

/** What the server is made of. */
const below = ["commands", "http", "push", "state", "sync-state", "mailbox", "wbxml", "protocol", "relay"];

export const layers = {
  errors: { may: [] },
  wbxml: { may: [] },
  protocol: { may: [] },
  http: { may: [] },
  push: { may: [] },
  // What processes tell one another: knows push, and no engine.
  relay: { may: ["push"] },
  state: { may: [], typesFrom: ["push/mailbox-change-source.ts"] },
  lmdb: { may: ["state"] },
  // The client is given to it: it needs no package.
  redis: { may: ["relay", "state"] },
  mailbox: { may: [], files: ["push/mailbox-change-source.ts"] },
  icalendar: { may: ["mailbox"] },
  mime: { may: ["mailbox"], packages: ["postal-mime", "nodemailer", "ical.js"] },
  "sync-state": { may: ["state", "mailbox", "protocol"], typesFrom: ["push/mailbox-change-source.ts"] },
  "application-data": { may: ["wbxml", "mailbox", "protocol"] },
  commands: {
    may: ["wbxml", "protocol", "push", "state", "sync-state", "mailbox", "application-data", "icalendar"],
  },
  events: { may: ["protocol", "push", "mailbox", "state"], typesFrom: ["commands/command-events.ts"] },
  options: {
    may: ["http", "push", "state", "mailbox", "wbxml", "protocol", "events", "relay"],
    typesFrom: ["commands/command-options.ts"],
  },
  // The server implements the interface that direct-push.ts shows.
  server: { may: [...below, "options", "events"], typesFrom: ["direct-push.ts"] },
  "direct-push": { may: [...below, "options", "events", "server"] },
  adapters: {
    may: ["direct-push"],
    types: ["http"],
    files: ["http/endpoint.ts"],
    packages: ["fastify", "hono", "@hono/node-server"],
  },
  client: { may: ["wbxml", "protocol", "push"] },
  imap: {
    may: ["mailbox", "mime", "state", "push"],
    types: ["http", "options"],
    files: ["server/check-options.ts"],
    packages: ["imapflow", "nodemailer"],
  },
  testing: { may: everything, except: ["adapters", "cli", "imap"] },
  cli: { may: everything, packages: ["prom-client", "redis"] },
  root: { may: everything, except: ["adapters", "testing", "cli", "mime", "lmdb", "imap", "redis"] },
};

/** Files that every layer may use: they know nothing of the protocol. */
const bottom = new Set(["src/errors.ts", "src/clock.ts", "src/bounded-call.ts"]);

/** Files at the top of src that are a layer of their own. */
const single = new Set(["options", "events", "direct-push"]);

/** The EAS commands: a file or folder under src/commands of one of these names is that command's own. */
const commandNames = new Set([
  "find",
  "folder-create",
  "folder-delete",
  "folder-sync",
  "folder-update",
  "get-attachment",
  "get-item-estimate",
  "item-operations",
  "meeting-response",
  "move-items",
  "ping",
  "provision",
  "resolve-recipients",
  "search",
  "send-mail",
  "settings",
  "smart-forward",
  "smart-reply",
  "sync",
  "validate-cert",
]);

/** The layer of a source path such as `src/push/hold.ts`; undefined for a folder that the table does not know. */
export function layerOf(path) {
  if (bottom.has(path)) return "errors";
  if (path === "src/index.ts") return "root";
  const [, first, ...rest] = path.split("/");
  const name = rest.length === 0 ? first.replace(/\.ts$/, "") : first;
  if (rest.length === 0 && !single.has(name)) return undefined;
  return name in layers ? name : undefined;
}

/** The command that a path belongs to; undefined for the registry and for what commands share. */
export function commandOf(path) {
  const name = path.split("/")[2]?.replace(/\.ts$/, "");
  return path.startsWith("src/commands/") && commandNames.has(name) ? name : undefined;
}

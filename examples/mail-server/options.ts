import { parseArgs } from "node:util";

/** One person with a mailbox on the demo server. */
export interface DemoUser {
  /** What the person logs in as; mail for this address, or this local part, is theirs. */
  readonly name: string;
  readonly password: string;
}

/** What the command line asks for. */
export interface DemoOptions {
  /** 0: any free port. */
  readonly httpPort: number;
  /** 0: any free port. */
  readonly smtpPort: number;
  /** 0: any free port; undefined: no page. */
  readonly statusPort: number | undefined;
  /** Whether a simulated phone connects. */
  readonly phone: boolean;
  readonly heartbeatMinSeconds: number;
  readonly heartbeatMaxSeconds: number;
  /** Whether devices must accept the policy first. */
  readonly provision: boolean;
  readonly users: readonly DemoUser[];
}

const defaultUsers: readonly DemoUser[] = [
  { name: "alice@example.com", password: "alice" },
  { name: "bob@example.com", password: "bob" },
];

const usage = `npm run demo -- [options]
  --http-port N        port for phones (default 8080; 0: any free one)
  --smtp-port N        port for mail (default 2525; 0: any free one)
  --status-port N      port of a page that shows what the server does (0: any free one; default: no page)
  --no-phone           the server alone
  --heartbeat-min S    shortest heartbeat interval, in seconds (default 60)
  --heartbeat-max S    longest heartbeat interval, in seconds (default 3540)
  --provision          devices must accept the policy first
  --user NAME:PASSWORD one more user, or another password (may be repeated)
  --help               this text

Users: ${defaultUsers.map(({ name, password }) => `${name} (password "${password}")`).join(", ")}. DOMAIN\\NAME and the bare name work too.`;

/** Reads the command line; prints what is wrong with it and exits. */
export function readOptions(args: readonly string[]): DemoOptions {
  try {
    return parse(args);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(2);
  }
}

function parse(args: readonly string[]): DemoOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      "http-port": { type: "string", default: "8080" },
      "smtp-port": { type: "string", default: "2525" },
      "status-port": { type: "string" },
      "no-phone": { type: "boolean", default: false },
      "heartbeat-min": { type: "string", default: "60" },
      "heartbeat-max": { type: "string", default: "3540" },
      provision: { type: "boolean", default: false },
      user: { type: "string", multiple: true, default: [] },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    process.exit(0);
  }
  const heartbeatMinSeconds = wholeNumber("--heartbeat-min", values["heartbeat-min"], 1, 3540);
  const heartbeatMaxSeconds = wholeNumber("--heartbeat-max", values["heartbeat-max"], 1, 3540);
  if (heartbeatMinSeconds > heartbeatMaxSeconds) {
    throw new Error(
      `--heartbeat-min (${heartbeatMinSeconds}) must not be above --heartbeat-max (${heartbeatMaxSeconds}).`,
    );
  }
  return {
    httpPort: wholeNumber("--http-port", values["http-port"], 0, 65_535),
    smtpPort: wholeNumber("--smtp-port", values["smtp-port"], 0, 65_535),
    statusPort:
      values["status-port"] === undefined
        ? undefined
        : wholeNumber("--status-port", values["status-port"], 0, 65_535),
    phone: !values["no-phone"],
    heartbeatMinSeconds,
    heartbeatMaxSeconds,
    provision: values.provision,
    users: [...defaultUsers, ...values.user.map(readUser)],
  };
}

function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new Error(`${option} must be a whole number from ${least} to ${most}, but is "${text}".`);
  }
  return value;
}

function readUser(text: string): DemoUser {
  const colon = text.indexOf(":");
  if (colon < 1) throw new Error(`--user must be NAME:PASSWORD, but is "${text}".`);
  return { name: text.slice(0, colon), password: text.slice(colon + 1) };
}

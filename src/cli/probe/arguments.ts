import { parseArgs } from "node:util";
import { parseDuration } from "../duration.js";

/** A probe as it was asked for on the command line. */
export interface ProbeArguments {
  readonly url: string;
  readonly user: string;
  readonly upToSeconds: number;
  readonly wantSeconds: number;
  readonly atOnce: number;
  /** How late an answer may come. */
  readonly marginSeconds: number;
  readonly folder: string | undefined;
  readonly json: boolean;
  readonly insecure: boolean;
  readonly newDevices: boolean;
}

/** What the arguments ask for. */
export type ParsedArguments =
  | { readonly kind: "probe"; readonly arguments: ProbeArguments }
  | { readonly kind: "help" }
  | { readonly kind: "wrong"; readonly message: string };

/** What `--help` prints. */
export const probeHelp = `Usage: direct-push probe URL --user USER [options]

Finds out for how long the path to an ActiveSync server carries a held request, what cuts it, and which setting to change.
It logs in as a few devices of the type DirectPushProbe and holds Pings of growing length, as many at once as the server lets it.

  URL                  https://mail.example.com; the path is /Microsoft-Server-ActiveSync unless it has one
  --user USER          as the phones log in
  --up-to DURATION     longest request to hold: 20s, 30m, 1h (default 30m)
  --want DURATION      interval that the path is to carry (default 15m, or --up-to if that is less)
  --at-once COUNT      requests to hold at once, 1 to 50, each as a device of its own (default 8)
  --margin DURATION    how late an answer may come until it counts as lost (default 10s)
  --folder NAME        folder to watch, one where nothing happens (default: notes, tasks, ...)
  --new-devices        use device ids that the server has never seen, instead of this machine's
  --json               write one JSON document instead of text
  --insecure           accept any certificate
  --help               this text

The password is asked for, or taken from the environment variable DIRECT_PUSH_PASSWORD. It is never an argument: every user of a machine
can read the arguments of its programs.

Exit status: 0 the path carries the wanted interval, 1 it does not, 2 it could not be told.
`;

const options = {
  user: { type: "string" },
  "up-to": { type: "string", default: "30m" },
  want: { type: "string" },
  "at-once": { type: "string", default: "8" },
  margin: { type: "string", default: "10s" },
  folder: { type: "string" },
  json: { type: "boolean", default: false },
  insecure: { type: "boolean", default: false },
  "new-devices": { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

const DEFAULT_WANT_SECONDS = 900;
const MOST_SECONDS = 24 * 3600;
const MOST_AT_ONCE = 50;

/** Reads the arguments after `probe`. */
export function parseProbeArguments(given: readonly string[]): ParsedArguments {
  // Refused before the parser can complain of anything else, whatever form it has.
  if (given.some((argument) => /^--password(=|$)/.test(argument))) return wrong(noPassword);
  try {
    const { values, positionals } = parseArgs({ args: [...given], options, allowPositionals: true });
    return values.help ? { kind: "help" } : check(values, positionals);
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
}

const noPassword =
  "A password is no argument: others can see it in the list of processes, and the shell keeps it. Leave it out to be asked, or set DIRECT_PUSH_PASSWORD.";

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>["values"];

function check(values: Values, positionals: readonly string[]): ParsedArguments {
  const [url, ...more] = positionals;
  if (url === undefined || more.length > 0) return wrong("Give one URL.");
  const problem = urlProblem(url);
  if (problem !== undefined) return wrong(problem);
  if (values.user === undefined || values.user === "") return wrong("Give --user.");
  const upToSeconds = parseDuration(values["up-to"]);
  if (!isLength(upToSeconds)) return wrong("--up-to is a duration such as 20s, 30m or 1h, of 24h at most.");
  const wantSeconds =
    values.want === undefined ? Math.min(DEFAULT_WANT_SECONDS, upToSeconds) : parseDuration(values.want);
  if (!isLength(wantSeconds)) return wrong("--want is a duration such as 20s, 15m or 1h.");
  if (wantSeconds > upToSeconds)
    return wrong("--want is longer than --up-to: nothing would be found out about it.");
  const atOnce = Number(values["at-once"]);
  const isCount = Number.isInteger(atOnce) && atOnce >= 1 && atOnce <= MOST_AT_ONCE;
  if (!isCount) return wrong(`--at-once is a whole number from 1 to ${MOST_AT_ONCE}.`);
  const marginSeconds = parseDuration(values.margin);
  if (!isLength(marginSeconds)) return wrong("--margin is a duration such as 10s.");
  const { user, folder, json, insecure } = values;
  const newDevices = values["new-devices"];
  return {
    kind: "probe",
    arguments: {
      url,
      user,
      upToSeconds,
      wantSeconds,
      atOnce,
      marginSeconds,
      folder,
      json,
      insecure,
      newDevices,
    },
  };
}

function isLength(seconds: number | undefined): seconds is number {
  return seconds !== undefined && seconds <= MOST_SECONDS;
}

function urlProblem(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "https:" && url.protocol !== "http:")) {
    return `"${text}" is no URL: write https://mail.example.com.`;
  }
  return url.username === "" && url.password === ""
    ? undefined
    : `The URL must not hold a user or a password. ${noPassword}`;
}

function wrong(message: string): ParsedArguments {
  return { kind: "wrong", message };
}

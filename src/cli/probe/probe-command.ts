import { createHash, randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { HttpTransport } from "../../client/transport/http-transport.js";
import { systemClock } from "../../clock.js";
import { pathProbePrefix } from "../../protocol/path-probe.js";
import { formatDuration } from "../duration.js";
import { givenPassword, type PasswordPrompt } from "../password.js";
import { type ProbeArguments, parseProbeArguments, probeHelp } from "./arguments.js";
import { EasProbeDevice } from "./eas-probe-device.js";
import { judge } from "./findings.js";
import type { ProbeDevice } from "./probe-device.js";
import { ProbeRun } from "./probe-run.js";
import { Progress, type ProgressOutput } from "./progress.js";
import { exitStatus, jsonReport, textReport } from "./report.js";

/** What a command needs of its process. */
export interface CommandContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdin: PasswordPrompt["input"];
  readonly stdout: { write(text: string): unknown };
  readonly stderr: ProgressOutput;
  /** Ends the command early; what is known by then is reported. */
  readonly signal: AbortSignal;
}

const DRAW_MS = 1_000;
const userAgent = "DirectPushProbe/1.0";

/** `direct-push probe`. Resolves to the exit status. */
export async function probeCommand(given: readonly string[], context: CommandContext): Promise<0 | 1 | 2> {
  const { stdout, stderr } = context;
  const parsed = parseProbeArguments(given);
  if (parsed.kind === "help") {
    stdout.write(probeHelp);
    return 0;
  }
  if (parsed.kind === "wrong") {
    stderr.write(`${parsed.message}\nSee direct-push probe --help.\n`);
    return 2;
  }
  const { url, user } = parsed.arguments;
  const password = await givenPassword(`Password of ${user} at ${new URL(url).host}: `, context);
  if (password === undefined) return 2;
  return await probe(parsed.arguments, password, context);
}

async function probe(wanted: ProbeArguments, password: string, context: CommandContext): Promise<0 | 1 | 2> {
  const { stdout, stderr, signal } = context;
  const { upToSeconds, wantSeconds, atOnce, marginSeconds, json, url, user } = wanted;
  const progress = new Progress(stderr);
  const run = new ProbeRun({
    upToSeconds,
    wantSeconds,
    atOnce,
    marginSeconds,
    signal,
    clock: systemClock,
    device: (index) => deviceOf(wanted, password, index),
    onReady: ({ folder, version }) =>
      progress.say(
        `Logged in (version ${version}), watching "${folder}". Up to ${formatDuration(upToSeconds)}.`,
      ),
    onEnded: (held) => progress.ended(held),
  });
  const drawing = setInterval(() => progress.draw(stateOf(run)), DRAW_MS);
  try {
    const result = await run.run();
    const findings = judge(result, wantSeconds, upToSeconds);
    progress.end();
    const report = json ? jsonReport : textReport;
    stdout.write(report({ url, user }, result, findings));
    return exitStatus(findings);
  } finally {
    clearInterval(drawing);
    progress.end();
  }
}

function stateOf(run: ProbeRun): Parameters<Progress["draw"]>[0] {
  const { holding, secondsLeft, elapsedSeconds, evidence } = run;
  return { holding, secondsLeft, elapsedSeconds, carriedSeconds: evidence.carriedSeconds };
}

function deviceOf(wanted: ProbeArguments, password: string, index: number): ProbeDevice {
  const { url, user, insecure, newDevices, folder, marginSeconds } = wanted;
  const transport = new HttpTransport({
    url,
    user,
    authorization: { kind: "basic", password },
    device: { id: deviceId(index, newDevices), type: "DirectPushProbe", userAgent },
    holdMarginSeconds: marginSeconds,
    ...(insecure && { tls: { rejectUnauthorized: false } }),
  });
  return new EasProbeDevice({ transport, userAgent, folder });
}

const fresh = randomBytes(6).toString("hex").toUpperCase();

/**
 * The same on one machine each time, as servers count the devices of a user; another on another, as two probes with one device would end
 * each other's Pings.
 */
function deviceId(index: number, isNew: boolean): string {
  const machine = createHash("sha256").update(hostname()).digest("hex").slice(0, 12).toUpperCase();
  return `${pathProbePrefix}${isNew ? fresh : machine}${String(index).padStart(2, "0")}`;
}

import cluster from "node:cluster";
import type { PasswordPrompt } from "../password.js";
import { checkServer } from "./check/check-server.js";
import { serveHelp } from "./flags.js";
import { givenOptions, SettingsProblem } from "./given-options.js";
import { JsonLog } from "./json-log.js";
import type { OpenBackend } from "./mail-backend.js";
import type { Environment } from "./option-values.js";
import { readSettings } from "./read-settings.js";
import { runAlone } from "./run-alone.js";
import type { ServeSettings } from "./settings.js";
import { awaitShutdown, type SignalSource } from "./shutdown.js";
import { startProblem } from "./start-problem.js";
import { runPrimary } from "./workers/run-primary.js";
import { runWorker } from "./workers/run-worker.js";
import type { WorkerPool } from "./workers/worker-pool.js";

/** What the command needs of its process. */
export interface ServeContext {
  readonly environment: Environment;
  readonly stdin: PasswordPrompt["input"];
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  readonly signals: SignalSource;
  /** Ends the process at once. */
  exit(status: number): void;
  readonly openBackend: OpenBackend;
}

/** `direct-push serve`. Resolves to the exit status when the server has ended. */
export async function serveCommand(args: readonly string[], context: ServeContext): Promise<0 | 1 | 2> {
  const { stdout, stderr } = context;
  try {
    const given = givenOptions(args);
    if (given.help === true) {
      stdout.write(serveHelp);
      return 0;
    }
    return await run(readSettings(given, context.environment), context);
  } catch (error) {
    const { message, status } = startProblem(error);
    const hint = error instanceof SettingsProblem ? "\nSee direct-push serve --help." : "";
    stderr.write(`${message}${hint}\n`);
    return status;
  }
}

async function run(settings: ServeSettings, context: ServeContext): Promise<0 | 1> {
  const { stdout, signals, exit, openBackend } = context;
  if (settings.check !== undefined) {
    return await checkServer(settings, settings.check.user, context);
  }
  if (cluster.isWorker) {
    await runWorker({ settings, openBackend, output: stdout });
    return 0;
  }
  let pool: WorkerPool | undefined;
  const shutdown = awaitShutdown(signals, (status) => {
    pool?.kill();
    exit(status);
  });
  const log = new JsonLog(stdout, settings.logLevel);
  const onPool = (made: WorkerPool): void => {
    pool = made;
  };
  try {
    if (settings.workers > 1) await runPrimary(settings, { log, shutdown, onPool });
    else await runAlone({ settings, openBackend, log, shutdown });
    return 0;
  } finally {
    shutdown.stop();
  }
}

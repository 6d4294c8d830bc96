import type { ClientFolder, ClientFolderKind } from "../../client/client-folder.js";
import { pingRequest } from "../../client/documents/ping.js";
import type { EasTransport } from "../../client/transport/eas-transport.js";
import type { HoldOutcome } from "./hold-outcome.js";
import type { DeviceReadiness, ProbeDevice, ProbeProblem } from "./probe-device.js";
import { ProbeSession, type Step } from "./probe-session.js";
import { readPingResult } from "./read-ping-result.js";

/** What a device of the probe is made of. */
export interface EasProbeDeviceOptions {
  readonly transport: EasTransport;
  readonly userAgent: string;
  /** The name or the id of the folder to watch; undefined for the quietest that there is. */
  readonly folder: string | undefined;
}

/** Where nothing happens while a probe runs, the quietest first. */
const quietest: readonly ClientFolderKind[] = [
  "notes",
  "user-notes",
  "tasks",
  "user-tasks",
  "user-contacts",
  "contacts",
  "drafts",
  "user-calendar",
  "calendar",
  "user-mail",
  "deleted",
  "sent",
  "inbox",
];

/** A device on a real connection. */
export class EasProbeDevice implements ProbeDevice {
  readonly #options: EasProbeDeviceOptions;
  readonly #session: ProbeSession;
  #folder: ClientFolder | undefined;
  #before: "nothing" | "sync" | "start over" = "nothing";

  constructor(options: EasProbeDeviceOptions) {
    this.#options = options;
    this.#session = new ProbeSession(options.transport, options.userAgent);
  }

  async ready(): Promise<DeviceReadiness> {
    const loggedIn = await this.#session.logIn();
    if (loggedIn.kind === "failed") return loggedIn;
    const chosen = await this.#choose();
    if (chosen.kind === "failed") return chosen;
    this.#folder = chosen.value;
    const { version, server } = this.#session;
    return { kind: "ready", folder: chosen.value.name, version, server };
  }

  async hold(seconds: number, signal: AbortSignal): Promise<HoldOutcome | undefined> {
    const problem = await this.#catchUp();
    if (problem !== undefined) return { kind: "unclear", reason: problem.text };
    if (this.#folder === undefined || signal.aborted) return undefined;
    const result = await this.#options.transport.send({
      command: "Ping",
      version: this.#session.version,
      policyKey: this.#session.policyKey,
      document: pingRequest(seconds, [this.#folder]),
      holdSeconds: seconds,
      signal,
    });
    const { outcome, next } = readPingResult(seconds, result);
    this.#before = next;
    return outcome;
  }

  close(): void {
    this.#options.transport.close();
  }

  /** What the last answer asked for, before another Ping makes sense. */
  async #catchUp(): Promise<ProbeProblem | undefined> {
    const before = this.#before;
    this.#before = "nothing";
    if (before === "nothing" || this.#folder === undefined) return undefined;
    const step: Step<unknown> =
      before === "sync" ? await this.#session.sync(this.#folder) : await this.#startOver();
    return step.kind === "failed" ? step.problem : undefined;
  }

  async #startOver(): Promise<Step<unknown>> {
    const chosen = await this.#choose();
    if (chosen.kind === "ok") this.#folder = chosen.value;
    return chosen;
  }

  /** The first folder, by quietness, that the server syncs. */
  async #choose(): Promise<Step<ClientFolder>> {
    const folders = await this.#session.folders();
    if (folders.kind === "failed") return folders;
    const candidates = this.#candidates(folders.value);
    let problem: ProbeProblem = noFolder(this.#options.folder, folders.value);
    for (const folder of candidates) {
      const synced = await this.#session.sync(folder);
      if (synced.kind === "ok") return { kind: "ok", value: folder };
      problem = synced.problem;
    }
    return { kind: "failed", problem };
  }

  #candidates(folders: readonly ClientFolder[]): readonly ClientFolder[] {
    const { folder: wanted } = this.#options;
    const syncable = folders.filter(({ class: folderClass }) => folderClass !== undefined);
    if (wanted !== undefined) return syncable.filter(({ id, name }) => name === wanted || id === wanted);
    return quietest.flatMap((kind) => syncable.find((folder) => folder.kind === kind) ?? []);
  }
}

function noFolder(wanted: string | undefined, folders: readonly ClientFolder[]): ProbeProblem {
  const names = folders.map(({ name }) => name).join(", ");
  const text =
    wanted === undefined
      ? "The mailbox has no folder that can be watched."
      : `There is no folder "${wanted}" that can be watched. There are: ${names}.`;
  return { code: "no-quiet-folder", text };
}

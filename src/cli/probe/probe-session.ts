import type { ClientFolder } from "../../client/client-folder.js";
import { deviceInformation } from "../../client/documents/device-information.js";
import { folderSyncRequest, readFolderSync } from "../../client/documents/folder-sync.js";
import {
  provisionAcknowledgement,
  provisionRequest,
  readProvision,
} from "../../client/documents/provision.js";
import { readSync } from "../../client/sync/sync-answer.js";
import { syncRequest } from "../../client/sync/sync-request.js";
import type { EasAnswer, EasResult, EasTransport } from "../../client/transport/eas-transport.js";
import { isAtLeast, type ProtocolVersion, protocolVersions } from "../../protocol/version.js";
import { childInteger, FolderHierarchy, type WbxmlElement } from "../../wbxml/index.js";
import { loginProblem, notActiveSync, refusedStatus } from "./login-problem.js";
import type { ProbeProblem } from "./probe-device.js";

/** What a step before the first Ping gave. */
export type Step<T> =
  | { readonly kind: "ok"; readonly value: T }
  | { readonly kind: "failed"; readonly problem: ProbeProblem };

/** Pages of a folder that are read at most until it counts as synced. */
const MOST_PAGES = 200;

/** One device's way to its first Ping: OPTIONS, FolderSync, Provision where the server wants it, and the first Syncs of one folder. */
export class ProbeSession {
  readonly #transport: EasTransport;
  readonly #userAgent: string;
  readonly #keys = new Map<string, string>();
  #version: ProtocolVersion = "12.1";
  #policyKey: string | undefined;
  #server: string | undefined;

  constructor(transport: EasTransport, userAgent: string) {
    this.#transport = transport;
    this.#userAgent = userAgent;
  }

  /** The version that is spoken. */
  get version(): ProtocolVersion {
    return this.#version;
  }

  /** What the server says that it is; undefined when it says nothing. */
  get server(): string | undefined {
    return this.#server;
  }

  /** The current policy key. */
  get policyKey(): string | undefined {
    return this.#policyKey;
  }

  /** Asks which versions are spoken, and proves the password. */
  async logIn(): Promise<Step<ProtocolVersion>> {
    const result = await this.#transport.send({ command: "OPTIONS" });
    if (result.kind !== "answered" || result.status !== 200) return failed(loginProblem("OPTIONS", result));
    const offered = result.headers["ms-asprotocolversions"]?.split(",").map((text) => text.trim());
    if (offered === undefined)
      return failed(notActiveSync("The answer to OPTIONS has no MS-ASProtocolVersions."));
    const version = protocolVersions.findLast((one) => offered.includes(one));
    if (version === undefined) {
      return failed({
        code: "not-activesync",
        text: `The server speaks ${offered.join(", ")} alone; 12.1 is the oldest that the probe speaks.`,
      });
    }
    this.#version = version;
    this.#server = result.headers["ms-server-activesync"] ?? result.headers["server"];
    return { kind: "ok", value: version };
  }

  /** The user's folders; accepts the server's policy first where it must. */
  async folders(): Promise<Step<readonly ClientFolder[]>> {
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const result = await this.#send("FolderSync", folderSyncRequest("0"));
      const status = statusOf(result, FolderHierarchy.Status);
      if (status === 1 && result.kind === "answered") {
        return { kind: "ok", value: readFolderSync(result.document, "0").added };
      }
      if (attempt === 1 || !wantsPolicy(result, status)) {
        return failed(
          isAnswer(result) ? refusedStatus("FolderSync", status) : loginProblem("FolderSync", result),
        );
      }
      const provisioned = await this.#provision();
      if (provisioned.kind === "failed") return provisioned;
    }
    return failed(refusedStatus("FolderSync", 142));
  }

  /** Syncs a folder up to its present state. */
  async sync(folder: ClientFolder): Promise<Step<"synced">> {
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const syncKey = this.#keys.get(folder.id) ?? "0";
      const options = { windowSize: 512, truncationBytes: 0, ...filterOf(folder) };
      const request = syncRequest([{ folder: folder.id, syncKey, options, commands: [] }], undefined);
      const result = await this.#send("Sync", request);
      if (result.kind !== "answered" || result.status !== 200) return failed(loginProblem("Sync", result));
      const answer = readSync(result.document);
      if (answer.kind === "unchanged") return { kind: "ok", value: "synced" };
      if (answer.kind === "failed") return failed(refusedStatus("Sync", answer.status));
      const [collection] = answer.collections;
      if (collection?.status !== 1 || collection.syncKey === undefined) {
        this.#keys.delete(folder.id);
        return failed(refusedStatus("Sync", collection?.status));
      }
      this.#keys.set(folder.id, collection.syncKey);
      if (syncKey !== "0" && !collection.moreAvailable) return { kind: "ok", value: "synced" };
    }
    return failed({
      code: "no-quiet-folder",
      text: `The folder "${folder.name}" has too many items to sync it.`,
    });
  }

  /** [MS-ASPROV] 3.1.5.1: asks for the policy and says that it is applied. There is nothing on a probe to apply it to. */
  async #provision(): Promise<Step<"provisioned">> {
    const description = { model: "Direct Push probe", friendlyName: "Direct Push probe" };
    const information = isAtLeast(this.#version, "14.1")
      ? deviceInformation(description, this.#userAgent)
      : undefined;
    this.#policyKey = "0";
    const asked = await this.#send("Provision", provisionRequest(information));
    if (!isAnswer(asked)) return failed(loginProblem("Provision", asked));
    const { policyKey, status, wipe } = readProvision(asked.document);
    if (wipe !== undefined) return failed(refusedStatus("Provision", 140));
    if (policyKey === undefined) return failed(refusedStatus("Provision", status));
    this.#policyKey = policyKey;
    const acknowledged = await this.#send("Provision", provisionAcknowledgement(policyKey, 1));
    if (!isAnswer(acknowledged)) return failed(loginProblem("Provision", acknowledged));
    this.#policyKey = readProvision(acknowledged.document).policyKey ?? policyKey;
    return { kind: "ok", value: "provisioned" };
  }

  #send(command: string, document: WbxmlElement): Promise<EasResult> {
    return this.#transport.send({ command, version: this.#version, policyKey: this.#policyKey, document });
  }
}

/** Old items of a large folder are left out: only its changes count. */
function filterOf({ class: folderClass }: ClientFolder): { readonly filterType?: number } {
  if (folderClass === "Email") return { filterType: 1 };
  if (folderClass === "Calendar") return { filterType: 4 };
  return folderClass === "Tasks" ? { filterType: 8 } : {};
}

function isAnswer(result: EasResult): result is EasAnswer {
  return result.kind === "answered" && result.status === 200 && result.document !== undefined;
}

function statusOf(result: EasResult, tag: number): number | undefined {
  const found = result.kind === "answered" ? childInteger(result.document, tag) : undefined;
  return found?.kind === "integer" ? found.value : undefined;
}

/** 449 and 403 before 14.0, Status 139 and 141 to 145 from it on ([MS-ASPROV] 3.1.5.1). */
function wantsPolicy(result: EasResult, status: number | undefined): boolean {
  if (status !== undefined) return status === 139 || (status >= 141 && status <= 145);
  return result.kind === "answered" && (result.status === 449 || result.status === 403);
}

function failed(problem: ProbeProblem): { readonly kind: "failed"; readonly problem: ProbeProblem } {
  return { kind: "failed", problem };
}

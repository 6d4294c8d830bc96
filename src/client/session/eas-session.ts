import type { EventEmitter } from "eventemitter3";
import type { Clock } from "../../clock.js";
import { isAtLeast, type ProtocolVersion } from "../../protocol/version.js";
import type { WbxmlElement } from "../../wbxml/index.js";
import type { ClientEvents } from "../client-events.js";
import {
  type DeviceDescription,
  deviceInformation,
  settingsRequest,
} from "../documents/device-information.js";
import type { EasAnswer, EasTransport } from "../transport/eas-transport.js";
import type { AccountMemory } from "./account-memory.js";
import { type ClientFailure, commonFailure, failureOf } from "./client-failure.js";
import { highestCommon, listed } from "./offered-versions.js";
import { type AcceptPolicy, provision } from "./provision.js";
import { rootStatus } from "./root-status.js";

/** An answer that the command itself can read: HTTP 200, and a Status below 100 where it has one. */
export interface CommandAnswer {
  readonly kind: "answer";
  readonly document: WbxmlElement | undefined;
  /** Of the root element; undefined where it has none. */
  readonly status: number | undefined;
  readonly afterSeconds: number;
}

/** What a command needs beside its document. */
export interface CommandCall {
  readonly holdSeconds?: number;
  readonly signal?: AbortSignal | undefined;
}

/** What a session is made of. */
export interface SessionParts {
  readonly transport: EasTransport;
  readonly memory: AccountMemory;
  readonly events: EventEmitter<ClientEvents>;
  readonly clock: Clock;
  readonly versions: readonly ProtocolVersion[];
  readonly description: DeviceDescription;
  readonly userAgent: string;
  readonly acceptPolicy: AcceptPolicy;
}

/** Statuses that ask for Provision ([MS-ASCMD] 2.2.2): a wipe, no policy yet, a refresh, another policy. */
const provisioning: ReadonlySet<number> = new Set([140, 142, 143, 144]);
const httpProvisioning = 449;
const maxProvisions = 2;

/** One device's talk with its server: the version, the policy key, and what the server demands before it answers. */
export class EasSession {
  readonly #parts: SessionParts;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  /** Asks with OPTIONS what the server speaks, and chooses the highest version that both do. */
  async negotiate(signal?: AbortSignal): Promise<{ readonly kind: "negotiated" } | ClientFailure> {
    const { memory, clock, events, versions } = this.#parts;
    const result = await this.#send("OPTIONS", undefined, { signal });
    if (result.kind !== "answered") return result;
    const offered = listed(result.headers["ms-asprotocolversions"]);
    const version = highestCommon(versions, offered);
    if (version === undefined) return { kind: "no-common-version", offered };
    const isNew = version !== memory.state.version;
    memory.update({
      version,
      versionCheckedAtSeconds: Math.floor(clock.now() / 1000),
      // Each version tells of the device in its own way.
      ...(isNew && { deviceInformationSent: false }),
    });
    events.emit("connected", { version, offered });
    return { kind: "negotiated" };
  }

  /** Tells the server of the device, where the version does not do that in Provision ([MS-ASCMD] 2.2.3.45). */
  async describeDevice(signal?: AbortSignal): Promise<{ readonly kind: "described" } | ClientFailure> {
    const { memory } = this.#parts;
    const answer = await this.command("Settings", settingsRequest(this.#information()), { signal });
    const isHeard = answer.kind === "answer" || answer.kind === "refused" || answer.kind === "busy";
    if (!isHeard) return answer;
    // A server that does not want to know, or fails over it, is not asked again: nothing else depends on it.
    memory.update({ deviceInformationSent: true });
    return { kind: "described" };
  }

  /** Whether {@link describeDevice} is due. */
  get isUndescribed(): boolean {
    const { version, deviceInformationSent } = this.#parts.memory.state;
    return version !== undefined && !isAtLeast(version, "14.1") && deviceInformationSent !== true;
  }

  /** Sends a command; finds the version and accepts the policy first where that is needed. */
  async command(
    name: string,
    document: WbxmlElement | undefined,
    call: CommandCall = {},
  ): Promise<CommandAnswer | ClientFailure> {
    if (this.#parts.memory.state.version === undefined) {
      const negotiated = await this.negotiate(call.signal);
      if (negotiated.kind !== "negotiated") return negotiated;
    }
    for (let provisions = 0; ; provisions++) {
      const result = await this.#send(name, document, call);
      if (result.kind !== "answered") return result;
      const status = rootStatus(result.document);
      const demanded = result.status === httpProvisioning ? httpProvisioning : status;
      if (demanded === undefined || (demanded < 100 && result.status === 200)) {
        return { kind: "answer", document: result.document, status, afterSeconds: result.afterSeconds };
      }
      const isDue = demanded === httpProvisioning || provisioning.has(demanded);
      if (!isDue) return commonFailure(name, demanded, result.afterSeconds);
      if (provisions === maxProvisions) {
        return { kind: "refused", command: name, httpStatus: result.status, status };
      }
      const accepted = await this.#provision(status, call.signal);
      if (accepted !== undefined) return accepted;
    }
  }

  async #provision(
    status: number | undefined,
    signal: AbortSignal | undefined,
  ): Promise<ClientFailure | undefined> {
    const { memory, events, acceptPolicy } = this.#parts;
    const { version } = memory.state;
    const knowsDevice = version !== undefined && isAtLeast(version, "14.1");
    const outcome = await provision({
      send: (document, policyKey) => this.#send("Provision", document, { signal }, policyKey),
      deviceInformation: knowsDevice ? this.#information() : undefined,
      asksForWipe: status === 140,
      acceptPolicy,
    });
    if (outcome.kind === "wipe-requested") events.emit("wipeRequested", { scope: outcome.scope });
    if (outcome.kind !== "provisioned") return outcome;
    memory.update({ policyKey: outcome.policyKey });
    events.emit("provisioned", { policy: outcome.policy });
    return undefined;
  }

  /** Sends one request, and gives answers with status 200 or 449. */
  async #send(
    command: string,
    document: WbxmlElement | undefined,
    { holdSeconds, signal }: CommandCall,
    // Without a key, a strict server takes a device for one that cannot be provisioned ([MS-ASCMD] 2.2.2, Status 141).
    policyKey: string = this.#parts.memory.state.policyKey ?? "0",
  ): Promise<EasAnswer | ClientFailure> {
    const { transport, memory, clock, events } = this.#parts;
    const { version } = memory.state;
    const result = await transport.send({ command, document, version, policyKey, holdSeconds, signal });
    if (transport.url !== memory.state.url) {
      memory.update({ url: transport.url });
      events.emit("redirected", { url: transport.url });
    }
    if (result.kind === "answered" && result.status === httpProvisioning) return result;
    const failure = failureOf(command, result, clock.now());
    if (failure !== undefined) return failure;
    return result.kind === "answered" ? result : { kind: "aborted" };
  }

  #information(): WbxmlElement {
    return deviceInformation(this.#parts.description, this.#parts.userAgent);
  }
}

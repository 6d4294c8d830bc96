import { setTimeout as pause } from "node:timers/promises";
import {
  type DeviceAnswer,
  type DeviceExchange,
  type DeviceSyncResult,
  InProcessDevice,
} from "../../src/testing/index.js";
import { childText, Email, FolderHierarchy, Ping } from "../../src/wbxml/index.js";
import type { NodeCluster } from "./redis-cluster.js";
import type { ClusterNode } from "./redis-cluster-node.js";
import { brokenStatus, httpCarrier } from "./redis-http-carrier.js";

/** Longer than any of the tests: what is brought is never brought by an interval's end. */
const heartbeatSeconds = 900;

/** A phone that waits for mail with Ping, each request to another process, and counts what happens to it. */
export class ClusterPhone {
  readonly user: string;
  readonly deviceId: string;
  /** Subjects that were brought to it, in order, since it last started over. */
  readonly mails: string[] = [];
  /** For each of {@link mails}, the answers that it had got when that came, the mail's own among them. */
  readonly answersAtMail: number[] = [];
  /** Requests that it sent. */
  requests = 0;
  /** Answers that it got. */
  answers = 0;
  /** Pings that were answered with a change. */
  told = 0;
  /** Pings that were answered with "nothing changed": their process was closed, or a newer request came. */
  quiet = 0;
  /** Connections that broke before the answer came. */
  broken = 0;
  /** Requests that were told to come back later. */
  turnedAway = 0;
  /** How often it had to sync anew. */
  resyncs = 0;
  /** What it was answered and no phone should be. */
  fault: Error | undefined;
  readonly #device: InProcessDevice;
  #isStopped = false;
  #isFirstSync = true;
  #held: DeviceExchange | undefined;
  #running: Promise<void> | undefined;

  constructor(cluster: NodeCluster, user: string, deviceId: string) {
    this.user = user;
    this.deviceId = deviceId;
    const pick = (): ClusterNode => {
      this.requests += 1;
      return cluster.next();
    };
    this.#device = new InProcessDevice(httpCarrier(pick), { user, deviceId });
  }

  /** Sets itself up, and waits for mail from then on. Resolves when the first mails are there. */
  async start(): Promise<void> {
    await this.setUp();
    this.#running = this.#run().catch((error: Error) => {
      this.fault = error;
    });
  }

  /** Gives up what it waits for, and ends. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#held?.gone();
    await this.#running;
  }

  /** Asks for the folders and syncs; from the beginning where the server knows nothing of it any more. */
  async setUp(): Promise<void> {
    for (let key: string | undefined; !this.#isStopped; ) {
      const answer = await this.#device.folderSync(key);
      const status = childText(answer.document, FolderHierarchy.Status);
      key = status === "9" ? "0" : undefined;
      if (answer.status !== 200) await this.#failed(answer);
      else if (status === "1") break;
      else if (status !== "9") throw new Error(`${this.deviceId}: FolderSync got Status ${status}`);
    }
    await this.#sync();
  }

  /** The phone as it speaks with one process alone, for a test that looks at what becomes of a request. */
  at(node: ClusterNode): InProcessDevice {
    const { user, deviceId } = this;
    const device = new InProcessDevice(
      httpCarrier(() => node),
      { user, deviceId },
    );
    device.setSyncKey("inbox", this.#device.syncKeyOf("inbox"));
    return device;
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      this.#held = this.#device.ping({ heartbeatSeconds, folders: ["inbox"] });
      const answer = await Promise.race([this.#held.answer, this.#stopped()]);
      if (this.#isStopped) return;
      if (answer.status !== 200) await this.#failed(answer);
      else await this.#heard(childText(answer.document, Ping.Status));
    }
  }

  async #heard(status: string | undefined): Promise<void> {
    this.answers += 1;
    if (status === "1") this.quiet += 1;
    else if (status === "2") {
      this.told += 1;
      await this.#sync();
    } else if (status === "7") await this.setUp();
    else throw new Error(`${this.deviceId}: Ping got Status ${status}`);
  }

  async #stopped(): Promise<DeviceAnswer> {
    while (!this.#isStopped) await pause(20);
    return { status: brokenStatus, headers: {}, body: null, document: undefined };
  }

  async #failed({ status, headers }: DeviceAnswer): Promise<void> {
    if (status === brokenStatus) this.broken += 1;
    else if (status === 503 && headers["retry-after"] === "1") this.turnedAway += 1;
    else throw new Error(`${this.deviceId}: HTTP ${status}`);
    await pause(100 + Math.random() * 200);
  }

  /** Syncs until there is no more. */
  async #sync(): Promise<void> {
    while (!this.#isStopped) {
      const result = await this.#device.sync("inbox");
      if (result.answer.status !== 200) await this.#failed(result.answer);
      else if (result.status === "3") this.#forget();
      else if (result.status === "12") return this.setUp();
      else if (result.status === "16") await pause(200);
      else if (result.status === "1") {
        this.answers += 1;
        this.#take(result);
        if (!result.moreAvailable && !this.#isFirstSync) return;
        this.#isFirstSync = false;
      } else throw new Error(`${this.deviceId}: Sync got Status ${result.status}`);
    }
  }

  /** The server knows nothing of it any more: everything is brought anew. */
  #forget(): void {
    this.resyncs += 1;
    this.mails.length = 0;
    this.answersAtMail.length = 0;
    this.#isFirstSync = true;
    this.#device.setSyncKey("inbox", "0");
  }

  #take({ added }: DeviceSyncResult): void {
    for (const { data } of added) {
      this.mails.push(childText(data, Email.Subject) ?? "?");
      this.answersAtMail.push(this.answers);
    }
  }
}

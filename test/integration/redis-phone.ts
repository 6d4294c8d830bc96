import { type ClientRequest, request as httpRequest } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { type DeviceExchange, type DeviceSyncResult, InProcessDevice } from "../../src/testing/index.js";
import { childText, Email, FolderHierarchy, Ping } from "../../src/wbxml/index.js";
import type { ClusterNode, NodeCluster } from "./redis-cluster.js";

/** What a request without an answer counts as: the connection broke. */
const broken = 599;

/** A phone that waits for mail with Ping, each request to another process, and counts what happens to it. */
export class ClusterPhone {
  readonly user: string;
  readonly deviceId: string;
  /** Subjects that were brought to it, in order. */
  readonly mails: string[] = [];
  /** Connections that broke before the answer came. */
  broken = 0;
  /** Requests that were told to come back later. */
  turnedAway = 0;
  /** How often it had to start over. */
  resyncs = 0;
  /** Pings that were answered with "nothing changed" before their time. */
  earlyAnswers = 0;
  readonly #device: InProcessDevice;
  #isStopped = false;
  #held: DeviceExchange | undefined;
  #running: Promise<void> | undefined;

  constructor(cluster: NodeCluster, user: string, deviceId: string) {
    this.user = user;
    this.deviceId = deviceId;
    const carrier = { serve: carriedTo(() => cluster.next()) };
    this.#device = new InProcessDevice(carrier, { user, deviceId });
  }

  /** Sets itself up, and waits for mail from then on. Resolves when the first mails are there. */
  async start(): Promise<void> {
    await this.#startOver();
    this.#running = this.#run();
  }

  /** Gives up what it waits for, and ends. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#held?.gone();
    await this.#running;
  }

  /** Sends a Ping to one process; for a test that looks at what becomes of it. */
  pingAt(node: ClusterNode, heartbeatSeconds: number): DeviceExchange {
    const device = new InProcessDevice(
      { serve: carriedTo(() => node) },
      { user: this.user, deviceId: this.deviceId },
    );
    return device.ping({ heartbeatSeconds, folders: ["inbox"] });
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      const sentAt = Date.now();
      this.#held = this.#device.ping({ heartbeatSeconds: 60, folders: ["inbox"] });
      const { status, document } = await Promise.race([this.#held.answer, this.#givenUp()]);
      if (this.#isStopped) return;
      const pingStatus = childText(document, Ping.Status);
      if (status !== 200) await this.#failed(status);
      else if (pingStatus === "2") await this.#sync();
      else if (pingStatus === "1" && Date.now() - sentAt < 55_000) this.earlyAnswers += 1;
      else if (pingStatus === "7") await this.#startOver();
      else if (pingStatus === "8") await pause(200);
    }
  }

  async #givenUp(): Promise<{ status: number; document: undefined }> {
    while (!this.#isStopped) await pause(20);
    return { status: broken, document: undefined };
  }

  async #failed(status: number): Promise<void> {
    if (status === broken) this.broken += 1;
    else if (status === 503) this.turnedAway += 1;
    else throw new Error(`${this.deviceId}: HTTP ${status}`);
    await pause(100 + Math.random() * 200);
  }

  async #startOver(): Promise<void> {
    for (let answer = await this.#device.folderSync(); !this.#isStopped; ) {
      const status = childText(answer.document, FolderHierarchy.Status);
      if (answer.status === 200 && status === "1") break;
      if (answer.status === 200 && status === "9") answer = await this.#device.folderSync("0");
      else {
        await this.#failed(answer.status);
        answer = await this.#device.folderSync();
      }
    }
    await this.#sync();
  }

  /** Syncs until there is no more. */
  async #sync(): Promise<void> {
    while (!this.#isStopped) {
      const result = await this.#device.sync("inbox");
      if (result.answer.status !== 200) await this.#failed(result.answer.status);
      else if (result.status === "3") this.#forget();
      else if (result.status === "12") return this.#startOver();
      else if (result.status === "1") {
        this.#take(result);
        if (!result.moreAvailable && result.added.length === 0 && !this.#isFirst) return;
        this.#isFirst = false;
      } else await pause(100);
    }
  }

  #isFirst = true;

  /** The server knows nothing of it any more: everything is brought anew. */
  #forget(): void {
    this.resyncs += 1;
    this.mails.length = 0;
    this.#isFirst = true;
    this.#device.setSyncKey("inbox", "0");
  }

  #take({ added }: DeviceSyncResult): void {
    for (const { data } of added) this.mails.push(childText(data, Email.Subject) ?? "?");
  }
}

/** Carries requests over HTTP, each over a connection of its own. */
function carriedTo(pick: () => ClusterNode): ConstructorParameters<typeof InProcessDevice>[0]["serve"] {
  return (sent, respond) => {
    let carried: ClientRequest | undefined;
    let isOver = false;
    const answer = (response: Parameters<typeof respond>[0]): void => {
      if (isOver) return;
      isOver = true;
      respond(response);
    };
    const fail = (): void => answer({ status: broken, headers: {}, body: null });
    const { port } = pick();
    const { method, url: path } = sent;
    const headers = Object.fromEntries(
      Object.entries(sent.headers).filter(([, value]) => value !== undefined),
    );
    carried = httpRequest(
      { port, method, path, headers: headers as Record<string, string>, host: "127.0.0.1", agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", fail);
        response.on("end", () => {
          const body = Buffer.concat(chunks);
          const told = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
          answer({
            status: response.statusCode ?? broken,
            headers: Object.fromEntries(told),
            body: body.length === 0 ? null : body,
          });
        });
      },
    );
    carried.on("error", fail);
    carried.end(sent.body instanceof Uint8Array ? sent.body : undefined);
    return () => {
      isOver = true;
      carried?.destroy();
    };
  };
}

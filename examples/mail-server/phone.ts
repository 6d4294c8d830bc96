import {
  EasClient,
  learningStrategy,
  mailSummary,
  type SyncPage,
  type WaitedEvent,
  type WaitingEvent,
} from "direct-push/client";
import { tell } from "./timeline.js";

/** Who a phone is, and how long it waits. */
export interface PhoneSettings {
  /** Where the server listens, with the ActiveSync path. */
  readonly url: URL;
  readonly user: string;
  readonly password: string;
  readonly deviceId: string;
  readonly deviceType: string;
  readonly heartbeatMinSeconds: number;
  readonly heartbeatMaxSeconds: number;
}

/** A phone that does what phones do, and tells the timeline: set up the account, sync the inbox, hold a Ping, sync what it names, and ping again. */
export class Phone {
  readonly #client: EasClient;
  readonly #onPing: (count: number) => void;
  #pings = 0;
  /** Mails since a Sync began; undefined when none was asked for. */
  #mails: number | undefined;

  /** @param onPing called each time before a Ping is sent, with how many were sent before. */
  constructor(settings: PhoneSettings, onPing: (count: number) => void) {
    const { url, user, password, deviceId, deviceType } = settings;
    const { heartbeatMinSeconds: minimumSeconds, heartbeatMaxSeconds: maximumSeconds } = settings;
    const firstSeconds = Math.min(Math.max(480, minimumSeconds), maximumSeconds);
    this.#onPing = onPing;
    this.#client = new EasClient({
      url,
      user,
      authorization: { kind: "basic", password },
      device: { id: deviceId, type: deviceType, model: "Simulated phone", userAgent: "direct-push-demo/1.0" },
      folders: ({ kind }) => kind === "inbox",
      heartbeat: learningStrategy({ firstSeconds, minimumSeconds, maximumSeconds }),
    });
    this.#listen();
  }

  /** Runs until {@link stop}; rejects when the server answers what a phone cannot go on from. */
  async run(): Promise<void> {
    const end = await this.#client.run();
    if (end.kind !== "stopped") throw new Error(`The phone gives up: ${JSON.stringify(end)}`);
  }

  /** Turns the phone off. */
  stop(): void {
    this.#client.close();
  }

  #listen(): void {
    const { events } = this.#client;
    events.on("connected", ({ offered }) => tell("phone", `OPTIONS: the server speaks ${offered.join(",")}`));
    events.on("provisioned", () => tell("phone", "Provision: policy accepted"));
    events.on("foldersChanged", ({ folders }) => {
      const inbox = folders.find(({ kind }) => kind === "inbox");
      tell("phone", `FolderSync: ${folders.length} folders, the inbox is "${inbox?.id}"`);
    });
    events.on("synced", (page) => this.#show(page));
    events.on("waiting", (event) => this.#wait(event));
    events.on("waited", (event) => this.#heed(event));
    events.on("delayed", ({ seconds, failure }) =>
      tell("phone", `tries again in ${seconds.toFixed(1)} s: ${failure?.kind ?? "nothing comes of it"}`),
    );
  }

  #show({ added }: SyncPage): void {
    this.#mails = (this.#mails ?? 0) + added.length;
    for (const { subject = "", from = "?" } of added.map(mailSummary)) {
      tell("phone", `Sync: "${subject}" from ${from}`);
    }
  }

  #wait({ folders, heartbeatSeconds }: WaitingEvent): void {
    if (this.#mails === 0) tell("phone", "Sync: no new mail");
    this.#mails = undefined;
    const names = folders.map(({ id }) => id).join(", ");
    tell("phone", `Ping: "tell me when ${names} changes, within ${heartbeatSeconds} s"`);
    this.#onPing(this.#pings++);
  }

  #heed({ changed, outcome }: WaitedEvent): void {
    if (changed.length > 0) {
      this.#mails = 0;
      tell("phone", `Ping answered: ${changed.map(({ id }) => `"${id}"`).join(", ")} changed`);
    } else if (outcome.kind === "expired") {
      tell("phone", "Ping answered: nothing changed");
    } else if (outcome.kind === "refused") {
      tell("phone", `Ping answered: the server wants ${outcome.nearestSeconds} s`);
    }
  }
}

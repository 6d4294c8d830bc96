import { EasClient, fixedInterval, mailSummary } from "direct-push/client";
import { tell } from "../mail-server/timeline.js";

/** A phone that waits for mail with Ping, and keeps the subjects that it was brought. */
export class Phone {
  readonly user: string;
  readonly id: string;
  /** As they came: what comes twice is in it twice. */
  readonly subjects: string[] = [];
  readonly #client: EasClient;
  #running: Promise<unknown> | undefined;

  constructor(url: string, user: string, id: string) {
    this.user = user;
    this.id = id;
    this.#client = new EasClient({
      url,
      user,
      authorization: { kind: "basic", password: "secret" },
      device: { id, type: "DemoPhone" },
      folders: ({ kind }) => kind === "inbox",
      heartbeat: fixedInterval(600),
      backOff: { firstSeconds: 1, maximumSeconds: 2 },
    });
    this.#client.events.on("synced", ({ added }) => {
      for (const { subject = "" } of added.map(mailSummary)) {
        this.subjects.push(subject);
        tell(id, `has "${subject}"`);
      }
    });
    this.#client.events.on("delayed", ({ seconds, failure }) =>
      tell(id, `tries again in ${seconds.toFixed(1)} s: ${failure?.kind ?? "nothing comes of it"}`),
    );
  }

  /** Turns it on. */
  start(): void {
    this.#running = this.#client.run().then((end) => {
      if (end.kind !== "stopped") throw new Error(`${this.id} gives up: ${JSON.stringify(end)}`);
    });
  }

  /** Turns it off. Rejects when it had given up before. */
  async stop(): Promise<void> {
    this.#client.close();
    await this.#running;
  }
}

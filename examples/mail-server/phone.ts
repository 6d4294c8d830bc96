import {
  AirSync,
  child,
  childElements,
  childText,
  Email,
  FolderHierarchy,
  Ping,
  Provision,
  type WbxmlElement,
} from "direct-push/wbxml";
import { type PhoneAccount, PhoneConnection } from "./connection.js";
import {
  folderSyncRequest,
  pingRequest,
  provisionAcknowledgement,
  provisionRequest,
  syncRequest,
} from "./phone-requests.js";
import { tell } from "./timeline.js";

/** A phone that does what phones do: set up the account, sync the inbox, hold a Ping, sync what it names, and ping again. */
export class Phone {
  readonly #connection: PhoneConnection;
  readonly #heartbeatSeconds: number;
  readonly #onHeld: (count: number) => void;
  #inbox = "";
  #syncKey = "0";
  #running = true;

  /** @param onHeld called each time before a Ping is sent, with how many were sent before. */
  constructor(account: PhoneAccount, heartbeatSeconds: number, onHeld: (count: number) => void) {
    this.#connection = new PhoneConnection(account);
    this.#heartbeatSeconds = heartbeatSeconds;
    this.#onHeld = onHeld;
  }

  /** Runs until {@link stop}; rejects when the server answers what a phone cannot go on from. */
  async run(): Promise<void> {
    try {
      await this.#setUp();
      await this.#sync();
      await this.#push();
    } catch (error) {
      if (this.#running) throw error;
    }
  }

  /** Turns the phone off. */
  stop(): void {
    this.#running = false;
    this.#connection.close();
  }

  async #setUp(): Promise<void> {
    const { headers } = await this.#connection.options();
    tell("phone", `OPTIONS: the server speaks ${String(headers["ms-asprotocolversions"])}`);
    let answer = await this.#connection.send("FolderSync", folderSyncRequest("0"));
    if (childText(answer.document, FolderHierarchy.Status)?.startsWith("14")) {
      await this.#provision();
      answer = await this.#connection.send("FolderSync", folderSyncRequest("0"));
    }
    const changes = childElements(child(answer.document, FolderHierarchy.Changes));
    const folders = changes.filter((change) => change.tag === FolderHierarchy.Add);
    const inbox = folders.find((folder) => childText(folder, FolderHierarchy.Type) === "2");
    if (inbox === undefined) throw new Error("The server showed no inbox.");
    this.#inbox = childText(inbox, FolderHierarchy.ServerId) ?? "";
    tell("phone", `FolderSync: ${folders.length} folders, the inbox is "${this.#inbox}"`);
  }

  async #provision(): Promise<void> {
    const policyKey = policyKeyOf((await this.#connection.send("Provision", provisionRequest())).document);
    this.#connection.policyKey = policyKey;
    const accepted = await this.#connection.send("Provision", provisionAcknowledgement(policyKey));
    this.#connection.policyKey = policyKeyOf(accepted.document);
    tell("phone", "Provision: policy accepted");
  }

  async #sync(): Promise<void> {
    let more = true;
    while (more) {
      const { document } = await this.#connection.send("Sync", syncRequest(this.#inbox, this.#syncKey));
      const collection = child(child(document, AirSync.Collections), AirSync.Collection);
      if (collection === undefined) return;
      const wasStart = this.#syncKey === "0";
      this.#syncKey = childText(collection, AirSync.SyncKey) ?? "0";
      for (const command of childElements(child(collection, AirSync.Commands))) this.#show(command);
      more = wasStart || child(collection, AirSync.MoreAvailable) !== undefined;
    }
  }

  #show(command: WbxmlElement): void {
    const data = child(command, AirSync.ApplicationData);
    if (command.tag !== AirSync.Add || data === undefined) return;
    tell(
      "phone",
      `Sync: "${childText(data, Email.Subject) ?? ""}" from ${childText(data, Email.From) ?? "?"}`,
    );
  }

  async #push(): Promise<void> {
    for (let pings = 0; this.#running; pings++) {
      tell("phone", `Ping: tell me of changes, for up to ${this.#heartbeatSeconds} s`);
      this.#onHeld(pings);
      const { document } = await this.#connection.send(
        "Ping",
        pingRequest(this.#heartbeatSeconds, [this.#inbox]),
      );
      const status = childText(document, Ping.Status);
      if (status === "2") {
        tell("phone", `Ping answered: "${this.#inbox}" changed`);
        await this.#sync();
      } else if (status === "1") {
        tell("phone", "Ping answered: nothing changed");
      } else {
        throw new Error(`The Ping was answered with Status ${status}.`);
      }
    }
  }
}

function policyKeyOf(document: WbxmlElement | undefined): string {
  const policy = child(child(document, Provision.Policies), Provision.Policy);
  return childText(policy, Provision.PolicyKey) ?? "0";
}

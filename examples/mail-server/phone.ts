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
  readonly #onPing: (count: number) => void;
  #inbox = "";
  #syncKey = "0";
  #running = true;

  /** @param onPing called each time before a Ping is sent, with how many were sent before. */
  constructor(account: PhoneAccount, heartbeatSeconds: number, onPing: (count: number) => void) {
    this.#connection = new PhoneConnection(account);
    this.#heartbeatSeconds = heartbeatSeconds;
    this.#onPing = onPing;
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
    let document = await this.#send("FolderSync", folderSyncRequest("0"));
    // 142 to 144: a policy must be accepted first.
    if (childText(document, FolderHierarchy.Status)?.startsWith("14")) {
      await this.#provision();
      document = await this.#send("FolderSync", folderSyncRequest("0"));
    }
    const changes = childElements(child(document, FolderHierarchy.Changes));
    const folders = changes.filter((change) => change.tag === FolderHierarchy.Add);
    const inbox = folders.find((folder) => childText(folder, FolderHierarchy.Type) === "2");
    if (inbox === undefined) throw new Error("The server showed no inbox.");
    this.#inbox = childText(inbox, FolderHierarchy.ServerId) ?? "";
    tell("phone", `FolderSync: ${folders.length} folders, the inbox is "${this.#inbox}"`);
  }

  async #provision(): Promise<void> {
    const policyKey = policyKeyOf(await this.#send("Provision", provisionRequest()));
    this.#connection.policyKey = policyKey;
    const accepted = await this.#send("Provision", provisionAcknowledgement(policyKey));
    this.#connection.policyKey = policyKeyOf(accepted);
    tell("phone", "Provision: policy accepted");
  }

  /** Syncs the inbox until there is no more. */
  async #sync(): Promise<void> {
    let mails = 0;
    for (let more = true; more; ) {
      const isStart = this.#syncKey === "0";
      const document = await this.#send("Sync", syncRequest(this.#inbox, this.#syncKey));
      const collection = child(child(document, AirSync.Collections), AirSync.Collection);
      // An empty answer: nothing changed.
      if (document === undefined) break;
      const status = childText(collection, AirSync.Status) ?? childText(document, AirSync.Status);
      if (status !== "1") throw new Error(`The Sync was answered with Status ${status}.`);
      this.#syncKey = childText(collection, AirSync.SyncKey) ?? "0";
      for (const command of childElements(child(collection, AirSync.Commands))) mails += this.#show(command);
      more = isStart || child(collection, AirSync.MoreAvailable) !== undefined;
    }
    if (mails === 0) tell("phone", "Sync: no new mail");
  }

  /** Shows a mail that was added; returns how many that were. */
  #show(command: WbxmlElement): number {
    const data = child(command, AirSync.ApplicationData);
    if (command.tag !== AirSync.Add || data === undefined) return 0;
    tell(
      "phone",
      `Sync: "${childText(data, Email.Subject) ?? ""}" from ${childText(data, Email.From) ?? "?"}`,
    );
    return 1;
  }

  async #push(): Promise<void> {
    for (let pings = 0; this.#running; pings++) {
      tell("phone", `Ping: "tell me when ${this.#inbox} changes, within ${this.#heartbeatSeconds} s"`);
      this.#onPing(pings);
      const document = await this.#send("Ping", pingRequest(this.#heartbeatSeconds, [this.#inbox]));
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

  async #send(command: string, document: WbxmlElement): Promise<WbxmlElement | undefined> {
    const answer = await this.#connection.send(command, document);
    if (answer.status !== 200) throw new Error(`${command} was answered with HTTP status ${answer.status}.`);
    return answer.document;
  }
}

function policyKeyOf(document: WbxmlElement | undefined): string {
  const policy = child(child(document, Provision.Policies), Provision.Policy);
  return childText(policy, Provision.PolicyKey) ?? "0";
}

/** What requests that produce a Status are about: one user's mailbox, a device that has synced, and people to look up. */
import { createDirectPush, type DirectPush, type DirectPushOptions } from "../../../src/index.js";
import type { ProtocolVersion } from "../../../src/protocol/version.js";
import { FakeClock, InProcessDevice, MemoryMailbox } from "../../../src/testing/index.js";
import { until } from "../../contract/deadline.js";
import { certificates } from "../../fixtures/certificates.js";
import { all, document, type Tree, textOf, treeOf } from "../devices/tree.js";

/** Whose mailbox it is. */
export const user = "alice@example.com";

/** One request, and the Status that it gets. */
export interface StatusCase {
  readonly code: number;
  /** The element of the answer that has it; every one of that name must have this one. */
  readonly at: string;
  readonly why: string;
  /** Undefined: no body. */
  readonly tree: ((world: World) => Tree | undefined | Promise<Tree | undefined>) | undefined;
  /** Default 16.1. */
  readonly version?: ProtocolVersion;
  /** Which of the commands of a row; default the first. */
  readonly command?: string;
  readonly options?: Partial<DirectPushOptions>;
  /** Whether the device has synced no folder yet. */
  readonly isBare?: boolean;
  /** Changes the mailbox before there is a server. */
  readonly mailbox?: (mailbox: MemoryMailbox) => unknown;
  /** What happens before the request. */
  readonly before?: (world: World) => unknown;
  /** What happens while it is held. */
  readonly while?: (world: World) => unknown;
}

/** Makes cases shorter to write: the command's own element has the Status. */
export function casesAt(
  at: string,
): (code: number, why: string, tree: StatusCase["tree"] | Tree, wish?: Partial<StatusCase>) => StatusCase {
  return (code, why, tree, wish = {}) => ({
    code,
    at,
    why,
    tree: typeof tree === "function" || tree === undefined ? tree : () => tree as Tree,
    ...wish,
  });
}

const mail = [
  "From: bob@example.com",
  `To: ${user}`,
  "Subject: Plans",
  "Message-ID: <plans@example.com>",
  "MIME-Version: 1.0",
  'Content-Type: multipart/mixed; boundary="b"',
  "",
  "--b\r\nContent-Type: text/plain\r\n\r\nWhat are the plans?",
  "--b\r\nContent-Type: text/plain; name=a.txt\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nabc",
  "--b--\r\n",
].join("\r\n");

/** A request for a meeting of an organizer. */
function invitation(organizer: string): string {
  return [
    `From: ${organizer}`,
    "Subject: Review",
    "Content-Type: text/calendar; method=REQUEST",
    "",
    "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:review@example.com\r\nDTSTAMP:20260101T000000Z",
    "DTSTART:20260108T090000Z\r\nDTEND:20260108T100000Z\r\nSUMMARY:Review",
    `ORGANIZER:mailto:${organizer}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`,
  ].join("\r\n");
}

const photo = new Uint8Array([1, 2, 3]);
const members = Array.from({ length: 21 }, (_, index) => `m${index}@example.com`);

/** The server, its mailbox and the device. */
export class World {
  readonly clock: FakeClock = new FakeClock({ nowMs: Date.UTC(2027, 0, 1) });
  readonly mailbox: MemoryMailbox = new MemoryMailbox({
    clock: this.clock,
    authorities: [Buffer.from(certificates.root, "base64")],
    people: [
      { displayName: "Alice", emailAddress: user },
      {
        displayName: "Bob White",
        emailAddress: "bob@example.com",
        photo,
        certificates: [Buffer.from(certificates.direct, "base64")],
      },
      { displayName: "Bob Black", emailAddress: "black@example.com", photo },
      { displayName: "Carol", emailAddress: "carol@example.com" },
      { displayName: "Crowd", emailAddress: "crowd@example.com", members },
    ],
  });
  readonly directPush: DirectPush;
  readonly device: InProcessDevice;
  readonly plans: string;
  readonly invited: string;
  readonly own: string;
  readonly note: string;

  private constructor({ version = "16.1", options = {}, mailbox: change }: StatusCase) {
    const { mailbox, clock } = this;
    mailbox.createFolder(user, { name: "Project", id: "project" });
    mailbox.createFolder(user, { name: "Below", id: "below", parentId: "project" });
    this.plans = mailbox.deliver(user, mail);
    this.invited = mailbox.deliver(user, invitation("bob@example.com"));
    this.own = mailbox.deliver(user, invitation(user));
    this.note = mailbox.addItem(user, "contacts", { class: "Contacts", fileAs: "Ann" });
    change?.(mailbox);
    this.directPush = createDirectPush({
      mailbox,
      source: mailbox,
      submission: mailbox.submission,
      clock,
      gatherMs: 0,
      closeSpreadMs: 0,
      authenticate: async () => ({ kind: "user", user }),
      ...options,
    });
    this.device = new InProcessDevice(this.directPush, { version });
  }

  static async of(wanted: StatusCase): Promise<World> {
    const world = new World(wanted);
    if (wanted.options?.policy !== undefined) return world;
    await world.device.folderSync();
    for (const folder of wanted.isBare === true ? [] : ["inbox", "contacts", "drafts"])
      await world.device.syncAll(folder);
    return world;
  }

  /** A key of FolderSync. */
  get folderKey(): string {
    return this.device.folderSyncKey;
  }

  key(folder: string): string {
    return this.device.syncKeyOf(folder);
  }

  /** The reference of the mail's attachment. */
  async attachment(): Promise<string> {
    const view = { bodies: [], withBody: true };
    const item = await this.mailbox.item({ user }, "inbox", this.plans, view);
    return (item?.class === "Email" ? item.attachments?.[0]?.fileReference : undefined) ?? "";
  }

  /** Sends the request of a case; every Status that the elements of the case's name have. */
  async statuses(command: string, { tree, at, while: meanwhile }: StatusCase): Promise<readonly string[]> {
    const sent = await tree?.(this);
    const exchange = this.device.send(command, sent === undefined ? undefined : document(sent));
    if (meanwhile !== undefined) {
      await until(`${command} to be held`, () => this.directPush.heldCount === 1);
      await meanwhile(this);
    }
    await until(`${command} to be answered`, () => exchange.isAnswered);
    const answer = await exchange.answer;
    if (answer.status !== 200) throw new Error(`${command}: HTTP ${answer.status}`);
    const named = all(treeOf(answer.document), at);
    return named.flatMap(([, ...children]) =>
      children
        .filter((child) => Array.isArray(child) && child[0] === "Status")
        .map((child) => textOf(child as Tree, "Status") ?? ""),
    );
  }

  async close(): Promise<void> {
    await this.directPush.close();
  }
}

/** Takes an ability from a mailbox. */
export function without(...methods: readonly (keyof MemoryMailbox)[]): (mailbox: MemoryMailbox) => void {
  return (mailbox) => {
    for (const method of methods) Object.defineProperty(mailbox, method, { value: undefined });
  };
}

/** Lets a method of a mailbox answer something. */
export function answering(method: keyof MemoryMailbox, answer: unknown): (mailbox: MemoryMailbox) => void {
  return (mailbox) => {
    Object.defineProperty(mailbox, method, { value: async () => answer });
  };
}

import { MemoryStateStore } from "direct-push";
import { ImapConnections, ImapFolders } from "direct-push/imap";
import type { ImapFlow } from "imapflow";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Dovecot, dovecotIsThere, passwordOf } from "./dovecot.js";

function login(user: string) {
  return { user, login: { kind: "password", user, password: passwordOf(user) } };
}

function pathOf({ mailbox }: ImapFlow): string | false {
  return mailbox === false ? false : mailbox.path;
}

const users = Array.from({ length: 12 }, (_, index) => `user${index}`);
let next = 0;

describe.skipIf(!dovecotIsThere()).each([
  { ids: "the server's own", options: {} },
  // Without its name, nothing tells that it has ids.
  { ids: "made of paths", options: { extra: "imap_id_send =\n", without: ["LIST-STATUS"] } },
] as const)("folders of Dovecot with ids $ids", ({ options }) => {
  let dovecot: Dovecot;
  let connections: ImapConnections;
  let folders: ImapFolders;
  let me: ReturnType<typeof login>;
  const state = new MemoryStateStore();
  beforeAll(async () => {
    dovecot = await Dovecot.start({ users, folders: { Drafts: "\\Drafts" }, ...options });
  });
  beforeEach(() => {
    me = login(users[next++ % users.length] ?? "");
    connections = new ImapConnections({ host: dovecot.host, port: dovecot.imapPort, tls: "none" });
    folders = new ImapFolders(connections, { state });
  });
  afterEach(() => connections.close());
  afterAll(() => dovecot.remove());

  const tree = async (): Promise<string[]> => {
    const all = await folders.folders(me);
    const names = new Map(all.map(({ id, name }) => [id, name]));
    return all.map(
      ({ name, parentId, kind }) => `${kind} ${parentId === null ? "" : `${names.get(parentId)}/`}${name}`,
    );
  };

  test("every phone finds what it expects, and names as users wrote them", async () => {
    const other = await dovecot.client(me.user);
    await other.mailboxCreate("Entwürfe & Pläne/Größe/日本語");
    await other.mailboxCreate("With space (and more)");
    const all = await tree();
    expect(all.sort()).toEqual(
      [
        "deleted Trash",
        "drafts Drafts",
        "inbox Inbox",
        "sent Sent",
        "user-mail Entwürfe & Pläne",
        "user-mail Entwürfe & Pläne/Größe",
        "user-mail Größe/日本語",
        "user-mail With space (and more)",
      ].sort(),
    );
    const listed = (await folders.list(me)).folders;
    expect(listed.filter(({ selectable }) => !selectable).map(({ name }) => name)).toEqual([
      "Entwürfe & Pläne",
      "Größe",
    ]);
    const deep = listed.find(({ name }) => name === "日本語");
    const parent = listed.find(({ name }) => name === "Größe");
    const count = await folders.inFolder(me, deep?.id ?? "", async (_client, opened) => opened.exists);
    expect(count).toEqual({ kind: "done", value: 0 });
    expect(await folders.inFolder(me, parent?.id ?? "", async () => 1)).toEqual({ kind: "not-selectable" });
  });

  test("a folder that is renamed and moved keeps its id, with what is below it, in every process", async () => {
    const top = await folders.addFolder(me, { parentId: null, name: "Größe", kind: "user-mail" });
    if (top.kind !== "created") throw new Error(top.kind);
    const below = await folders.addFolder(me, { parentId: top.id, name: "Below", kind: "user-mail" });
    const target = await folders.addFolder(me, { parentId: null, name: "Target", kind: "user-mail" });
    if (below.kind !== "created" || target.kind !== "created") throw new Error("not created");
    const to = { parentId: target.id, name: "Renamed" };
    expect(await folders.updateFolder(me, top.id, { parentId: below.id, name: "x" })).toMatchObject({
      kind: "invalid",
    });
    expect(await folders.updateFolder(me, top.id, to)).toEqual({ kind: "updated" });
    const elsewhere = new ImapFolders(connections, { state });
    const present = await elsewhere.folders(me);
    expect(present.find(({ id }) => id === top.id)).toMatchObject(to);
    expect(present.find(({ id }) => id === below.id)).toMatchObject({ parentId: top.id, name: "Below" });
    // A new folder of the old name is another folder.
    const again = await folders.addFolder(me, { parentId: null, name: "Größe", kind: "user-mail" });
    expect(again.kind === "created" && again.id !== top.id).toBe(true);
    expect(await folders.addFolder(me, { parentId: null, name: "Größe", kind: "user-mail" })).toEqual({
      kind: "name-taken",
    });
    expect(await folders.removeFolder(me, target.id)).toEqual({ kind: "deleted" });
    const left = (await folders.folders(me)).map(({ id }) => id);
    for (const { id } of [top, below, target]) expect(left).not.toContain(id);
    expect(await folders.inFolder(me, below.id, async () => 1)).toEqual({ kind: "folder-missing" });
  });

  test("a folder that another mail program renames is found where it is", async () => {
    const made = await folders.addFolder(me, { parentId: null, name: "Mine", kind: "user-mail" });
    if (made.kind !== "created") throw new Error(made.kind);
    const other = await dovecot.client(me.user);
    await other.mailboxRename("Mine", "Yours");
    const opened = await folders.inFolder(me, made.id, async (client) => pathOf(client));
    const isOwnId = made.id.startsWith("g");
    expect(opened).toEqual(isOwnId ? { kind: "done", value: "Yours" } : { kind: "folder-missing" });
    // And with another in its place.
    await (await dovecot.client(me.user)).mailboxCreate("Mine");
    const still = await folders.inFolder(me, made.id, async (client) => pathOf(client));
    expect(still).toEqual({ kind: "done", value: isOwnId ? "Yours" : "Mine" });
  });

  test("what must stay stays, and names that cannot be are refused", async () => {
    const all = await folders.folders(me);
    for (const kind of ["inbox", "sent", "drafts", "deleted"]) {
      const id = all.find((folder) => folder.kind === kind)?.id ?? "";
      expect(await folders.removeFolder(me, id)).toEqual({ kind: "forbidden" });
      expect(await folders.updateFolder(me, id, { parentId: null, name: "Other" })).toEqual({
        kind: "forbidden",
      });
    }
    const add = (name: string, kind: "user-mail" | "user-calendar" = "user-mail") =>
      folders.addFolder(me, { parentId: null, name, kind });
    expect(await add("a/b")).toMatchObject({ kind: "invalid" });
    expect(await add("a\r\nb")).toMatchObject({ kind: "invalid" });
    expect(await add("inbox")).toEqual({ kind: "name-taken" });
    expect(await add("Dates", "user-calendar")).toMatchObject({ kind: "invalid" });
  });
});

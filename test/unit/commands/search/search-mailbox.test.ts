import { describe, expect, it } from "vitest";
import { search } from "../../../../src/commands/search/index.js";
import type { MailboxSearchQuery } from "../../../../src/mailbox/abilities/mail-search.js";
import { readLongId } from "../../../../src/mailbox/item-reference.js";
import {
  AirSync,
  AirSyncBase,
  bytesElement,
  Email,
  element,
  emptyElement,
  Search,
  textElement,
} from "../../../../src/wbxml/index.js";
import { CommandBench } from "../command-context.js";
import { and, ask, dated, mail, propertyOf, store, user } from "./search-bench.js";

const day = 86_400_000;
const freeText = (words: string) => textElement(Search.FreeText, words);
const folder = (id: string) => textElement(AirSync.CollectionId, id);
const itemClass = (name: string) => textElement(AirSync.Class, name);
const range = (text: string) => textElement(Search.Range, text);

function startBench(): CommandBench {
  const bench = new CommandBench();
  const { mailbox, clock } = bench;
  const now = clock.now();
  const below = mailbox.createFolder(user, { name: "Projects", parentId: "inbox", id: "projects" });
  mailbox.createFolder(user, { name: "Deep", parentId: below.id, id: "deep" });
  mailbox.deliver(user, mail("Invoice of May", "please pay"), { receivedMs: now - 3 * day });
  mailbox.deliver(user, mail("Lunch", "at the invoicing desk", "Carol <carol@example.com>"), {
    receivedMs: now - 2 * day,
  });
  mailbox.deliver(user, mail("Invoice below"), { folder: "projects", receivedMs: now - day });
  mailbox.deliver(user, mail("Invoice deep below"), { folder: "deep", receivedMs: now });
  mailbox.addItem(user, "contacts", { class: "Contacts", firstName: "Invo", lastName: "Invoice" });
  return bench;
}

const subjects = async (bench: CommandBench, ...request: Parameters<typeof store>) =>
  propertyOf(await ask(bench, store(...request)), "Subject");

describe("Search of the mailbox", () => {
  it("finds words in subject and text, newest first, and names each item", async () => {
    const bench = startBench();
    const answered = await ask(bench, store("Mailbox", and(itemClass("Email"), freeText("invoic"))));
    expect(answered).toMatchObject({ status: "1", range: "0-3", total: "4" });
    expect(propertyOf(answered, "Subject")).toEqual([
      "Invoice deep below",
      "Invoice below",
      "Lunch",
      "Invoice of May",
    ]);
    expect(answered.results[0]?.slice(0, 4).map((part) => part[0])).toEqual([
      "R",
      "Class",
      "LongId",
      "CollectionId",
    ]);
    const [longId = ""] = propertyOf(answered, "LongId");
    expect(readLongId(longId)?.folder).toBe("deep");
  });

  it("looks in the folders that are named, and below them with DeepTraversal", async () => {
    const bench = startBench();
    const query = and(folder("inbox"), freeText("invoice"));
    expect(await subjects(bench, "Mailbox", query)).toEqual(["Invoice of May"]);
    expect(await subjects(bench, "Mailbox", query, [emptyElement(Search.DeepTraversal)])).toEqual([
      "Invoice deep below",
      "Invoice below",
      "Invoice of May",
    ]);
    const two = and(folder("projects"), folder("deep"), freeText("invoice"));
    expect(await subjects(bench, "Mailbox", two)).toHaveLength(2);
    const root = and(folder("0"), itemClass("Email"), freeText("invoice"));
    expect(await subjects(bench, "Mailbox", root, [emptyElement(Search.DeepTraversal)])).toHaveLength(3);
    expect(await subjects(bench, "Mailbox", root)).toHaveLength(3);
  });

  it("limits by date, both limits exclusive", async () => {
    const bench = startBench();
    const at = (ms: number) => new Date(bench.clock.now() - ms).toISOString();
    const found = await subjects(
      bench,
      "Mailbox",
      and(
        itemClass("Email"),
        dated(Search.GreaterThan, Email.DateReceived, at(3 * day)),
        dated(Search.LessThan, Email.DateReceived, at(day)),
      ),
    );
    expect(found).toEqual(["Lunch"]);
  });

  it("finds items of every class where none is named, and of those that are", async () => {
    const bench = startBench();
    const all = await ask(bench, store("Mailbox", and(freeText("invoice"))));
    expect(new Set(propertyOf(all, "Class"))).toEqual(new Set(["Email", "Contacts"]));
    const contacts = await ask(bench, store("Mailbox", and(itemClass("Contacts"), freeText("invoice"))));
    expect(propertyOf(contacts, "Class")).toEqual(["Contacts"]);
    const messages = await ask(bench, store("Mailbox", and(itemClass("SMS"), freeText("invoice"))));
    expect(messages).toEqual({ status: "1", results: [["Result", ""]], range: "0-0", total: "0" });
  });

  it.each([
    ["12.1", "SMS", "2"],
    ["12.1", "Notes", "2"],
    ["14.0", "Notes", "1"],
    ["14.0", "SMS", "1"],
    ["16.1", "Spam", "2"],
  ] as const)("in version %s, class %s has Status %s", async (version, name, status) => {
    const document = store("Mailbox", and(itemClass(name), freeText("x")));
    expect((await ask(startBench(), document, version)).status).toBe(status);
  });

  it("finds the mails of a conversation", async () => {
    const bench = startBench();
    const conversationId = Buffer.from("00112233445566778899aabbccddeeff", "hex");
    const base = { class: "Email", from: "a@b", to: user, read: true, dateReceivedMs: 1 } as const;
    bench.mailbox.addItem(user, "inbox", { ...base, subject: "ours", conversationId });
    const query = and(bytesElement(Search.ConversationId, conversationId));
    expect(await subjects(bench, "Mailbox", query)).toEqual(["ours"]);
    expect((await ask(bench, store("Mailbox", query), "12.1")).status).toBe("2");
    const empty = and(emptyElement(Search.ConversationId));
    expect((await ask(bench, store("Mailbox", empty))).status).toBe("2");
  });

  it("sends the body that is asked for", async () => {
    const preference = element(AirSyncBase.BodyPreference, [
      textElement(AirSyncBase.Type, 1),
      textElement(AirSyncBase.TruncationSize, 6),
    ]);
    const document = store("Mailbox", and(freeText("subject:may")), [preference]);
    expect(propertyOf(await ask(startBench(), document), "Data")).toEqual(["please"]);
  });

  it.each([
    ["0-1", "1", ["Invoice deep below", "Invoice below"], "0-1"],
    ["1-2", "1", ["Invoice below", "Lunch"], "1-2"],
    ["3-99", "1", ["Invoice of May"], "3-3"],
    ["9-20", "1", [], "0-0"],
    ["0-100", "12", ["Invoice deep below", "Invoice below", "Lunch", "Invoice of May"], "0-3"],
  ])("with Range %s has Status %s", async (asked, status, expected, sent) => {
    const document = store("Mailbox", and(itemClass("Email"), freeText("invoic")), [range(asked)]);
    const answered = await ask(startBench(), document);
    expect(answered).toMatchObject({ status, range: sent, total: "4" });
    expect(propertyOf(answered, "Subject")).toEqual(expected);
  });

  it("answers 12 without results beyond the hundredth", async () => {
    const document = store("Mailbox", and(freeText("invoice")), [range("100-199")]);
    expect(await ask(startBench(), document)).toMatchObject({ status: "12", results: [], total: undefined });
  });

  it("sends the first hundred, and tells how many there are", async () => {
    const bench = new CommandBench();
    for (let count = 0; count < 120; count += 1) bench.mailbox.deliver(user, mail(`many ${count}`));
    const answered = await ask(bench, store("Mailbox", and(freeText("many"))));
    expect(answered).toMatchObject({ status: "1", range: "0-99", total: "120" });
    expect(answered.results).toHaveLength(100);
  });

  const twice = [freeText("a"), freeText("b")];
  it.each([
    ["an And within the And", and(element(Search.And, [freeText("x")])), "8"],
    ["an Or within the And", and(element(Search.Or, [freeText("x")])), "8"],
    ["an Or alone", element(Search.Query, [element(Search.Or, [freeText("x")])]), "8"],
    ["two Ands", element(Search.Query, [element(Search.And, []), element(Search.And, [])]), "8"],
    ["words outside of the And", element(Search.Query, [freeText("x")]), "8"],
    ["a folder outside of the And", element(Search.Query, [folder("inbox")]), "8"],
    ["a property that is not asked for by this language", and(freeText("size:10")), "8"],
    ["parentheses without end", and(freeText("(".repeat(40))), "8"],
    ["an endless text", and(freeText("x".repeat(3000))), "8"],
    ["EqualTo, which is for documents", element(Search.Query, [element(Search.EqualTo, [])]), "2"],
    ["an empty Query", emptyElement(Search.Query), "2"],
    ["an empty And", and(), "2"],
    ["words twice", and(...twice), "2"],
    ["a date that is none", and(dated(Search.LessThan, Email.DateReceived, "yesterday")), "2"],
    ["a date of something else", and(dated(Search.LessThan, Email.Subject, "2026-01-01T00:00:00.000Z")), "2"],
    ["a folder without a name", and(emptyElement(AirSync.CollectionId), freeText("x")), "2"],
    ["a folder that is not there", and(folder("gone"), freeText("x")), "11"],
  ])("refuses %s", async (_name, query, status) => {
    expect(await ask(startBench(), store("Mailbox", query))).toMatchObject({ status, results: [] });
  });

  it.each(["x", "5-1", "1", "-1-5"])("refuses the Range %s", async (asked) => {
    const document = store("Mailbox", and(freeText("x")), [range(asked)]);
    expect((await ask(startBench(), document)).status).toBe("2");
  });

  it("refuses body preferences that are wrong", async () => {
    const wrong = (tag: number, type: number) => [element(tag, [textElement(AirSyncBase.Type, type)])];
    const query = and(freeText("x"));
    const bodies = store("Mailbox", query, wrong(AirSyncBase.BodyPreference, 9));
    expect((await ask(startBench(), bodies)).status).toBe("2");
    const part = store("Mailbox", query, wrong(AirSyncBase.BodyPartPreference, 1));
    expect((await ask(startBench(), part)).status).toBe("164");
  });

  it("passes over an item that cannot be read, and counts its place", async () => {
    const bench = new CommandBench();
    bench.mailbox.deliver(user, mail("good one"), { receivedMs: 2 });
    const id = bench.mailbox.deliver(user, mail("good two"), { receivedMs: 1 });
    bench.mailbox.poison(user, "inbox", id);
    const answered = await ask(bench, store("Mailbox", and(freeText("good"))));
    expect(answered).toMatchObject({ status: "1", range: "0-1", total: "2" });
    expect(propertyOf(answered, "Subject")).toEqual(["good one"]);
  });

  it("answers 3 when the search fails, 10 when it takes too long, and 8 when the back end cannot do it", async () => {
    const failing = new CommandBench();
    failing.mailbox.faults.failWith(new Error("no index"), ["search"]);
    const document = store("Mailbox", and(freeText("x")));
    expect((await ask(failing, document)).status).toBe("3");
    expect(failing.told.sourceFailures).toHaveLength(1);
    const slow = new CommandBench();
    slow.mailbox.faults.hang(["search"]);
    const sent = await slow.send(search, document);
    expect(sent.outcome).toBeUndefined();
    await slow.clock.advance(10_000);
    expect(JSON.stringify(sent.outcome)).toContain(`{"tag":${Search.Status},"content":"10"}`);
    const simple = new CommandBench();
    simple.mailbox.search = async (_mailbox: unknown, _query: MailboxSearchQuery) => ({
      kind: "too-complex",
    });
    expect((await ask(simple, document)).status).toBe("8");
  });

  it("needs a document of its own", async () => {
    for (const document of [
      undefined,
      element(Search.Search, []),
      element(Search.Search, [element(Search.Store, [])]),
      element(Search.Store, []),
    ]) {
      const { outcome } = await startBench().send(search, document);
      expect(outcome).toEqual({ kind: "common-status", status: 103 });
    }
  });

  it("refuses other stores, and several at once", async () => {
    const query = and(freeText("x"));
    expect((await ask(startBench(), store("Document Library", query))).status).toBe("13");
    expect((await ask(startBench(), store("DocumentLibrary", query))).status).toBe("13");
    expect((await ask(startBench(), store("Attic", query))).status).toBe("2");
    const one = element(Search.Store, [textElement(Search.Name, "Mailbox"), query]);
    expect((await ask(startBench(), element(Search.Search, [one, one]))).status).toBe("2");
    const noQuery = element(Search.Search, [element(Search.Store, [textElement(Search.Name, "Mailbox")])]);
    expect((await ask(startBench(), noQuery)).status).toBe("2");
  });
});

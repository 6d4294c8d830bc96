import { describe, expect, it } from "vitest";
import { find } from "../../../../src/commands/find/index.js";
import type { MailboxSearchQuery, SearchExpression } from "../../../../src/mailbox/abilities/mail-search.js";
import type { Mailbox } from "../../../../src/mailbox/mailbox.js";
import { MemoryMailbox } from "../../../../src/testing/memory-mailbox.js";
import {
  AirSync,
  element,
  emptyElement,
  Find,
  type OptionalElements,
  textElement,
  type WbxmlElement,
} from "../../../../src/wbxml/index.js";
import { until } from "../../../contract/deadline.js";
import { CommandBench, documentOf, plain } from "../command-context.js";

const user = "alice@example.com";

class BenchWithPeople extends CommandBench {
  override readonly mailbox = new MemoryMailbox({
    clock: this.clock,
    people: [
      { displayName: "Bob", emailAddress: "bob@example.com", photo: Uint8Array.of(7) },
      { displayName: "Bobby", emailAddress: "bobby@example.com" },
    ],
  });
}

function startBench(): CommandBench {
  const bench = new BenchWithPeople();
  bench.mailbox.createFolder(user, { name: "Below", parentId: "inbox", id: "below" });
  const message = (subject: string, ...headers: readonly string[]) =>
    [`From: Bob <bob@example.com>`, `Subject: ${subject}`, ...headers, "", "Please pay.", ""].join("\r\n");
  const now = bench.clock.now();
  bench.mailbox.deliver(
    user,
    message(
      "Invoice one",
      'To: "Alice A" <alice@example.com>, x@example.com',
      "Cc: Carol <carol@example.com>",
      "Importance: high",
    ),
    { receivedMs: now - 1000, read: true },
  );
  bench.mailbox.deliver(user, message("Invoice two"), { folder: "below", receivedMs: now });
  return bench;
}

interface Wish {
  readonly searchId?: string | undefined;
  readonly query?: OptionalElements;
  readonly options?: OptionalElements;
  readonly tag?: number;
}

const words = (text: string) => textElement(Find.FreeText, text);
const range = (text: string) => textElement(Find.Range, text);
const folder = (id: string) => textElement(AirSync.CollectionId, id);

function request({
  searchId = "s1",
  query = [words("invoice")],
  options = [],
  tag,
}: Wish = {}): WbxmlElement {
  return element(Find.Find, [
    textElement(Find.SearchId, searchId),
    element(Find.ExecuteSearch, [
      element(tag ?? Find.MailBoxSearchCriterion, [
        element(Find.Query, query),
        options.length === 0 ? undefined : element(Find.Options, options),
      ]),
    ]),
  ]);
}

function people(text: string, ...options: OptionalElements): WbxmlElement {
  return element(Find.Find, [
    textElement(Find.SearchId, "p1"),
    element(Find.ExecuteSearch, [
      element(Find.GalSearchCriterion, [textElement(Find.Query, text), element(Find.Options, options)]),
    ]),
  ]);
}

async function ask(bench: CommandBench, document: WbxmlElement | undefined): Promise<unknown> {
  const sent = await bench.send(find, document);
  // The parser of mail is loaded when it is first needed, which is no matter of the bench's clock.
  await until("an outcome", () => sent.outcome !== undefined);
  return plain(documentOf(sent));
}

const refused = (status: number) => ["Find", ["Status", String(status)]];
const answered = (status: number, ...parts: readonly unknown[]) => [
  "Find",
  ["Status", "1"],
  ["Response", ["Store", "Mailbox"], ["Status", String(status)], ...parts],
];
const subjects = (found: unknown) =>
  [...JSON.stringify(found).matchAll(/\["Subject","([^"]*)"/g)].map(([, subject]) => subject);
const tail = (found: unknown) => JSON.stringify(found).match(/\["Range".*$/)?.[0];

describe("Find of mails", () => {
  it("shows what a list of results needs", async () => {
    const bench = startBench();
    const found = await ask(
      bench,
      request({ query: [textElement(AirSync.Class, "Email"), folder("inbox"), words("invoice")] }),
    );
    const [[id]] = [...bench.mailbox.snapshot(user, "inbox")] as [[string, unknown]];
    expect(found).toEqual(
      answered(
        1,
        [
          "Result",
          ["Class", "Email"],
          ["ServerId", id],
          ["CollectionId", "inbox"],
          [
            "Properties",
            ["Subject", "Invoice one"],
            ["DateReceived", "2025-12-31T23:59:59.000Z"],
            ["DisplayTo", expect.stringContaining("Alice A")],
            ["DisplayCc", "Carol"],
            ["Importance", "2"],
            ["Read", "1"],
            ["Preview", "Please pay."],
            ["HasAttachments", "0"],
            ["From", expect.stringContaining("bob@example.com")],
          ],
        ],
        ["Range", "0-0"],
        ["Total", "1"],
      ),
    );
  });

  it("names recipients by name, or by address, and marks drafts", async () => {
    const bench = startBench();
    bench.mailbox.addItem(user, "drafts", {
      class: "Email",
      subject: "draft",
      from: user,
      to: '"Smith, \\"Jo\\"" <jo@example.com>, <x@example.com>, y@example.com',
      bcc: "Zoe <zoe@example.com>",
      read: true,
      dateReceivedMs: 1,
    });
    const found = JSON.stringify(await ask(bench, request({ query: [words("draft")] })));
    expect(found).toContain(JSON.stringify(["DisplayTo", 'Smith, "Jo"; x@example.com; y@example.com']));
    expect(found).toContain('["DisplayBcc","Zoe"]');
    expect(found).toContain('["IsDraft","1"]');
  });

  it("looks below a folder with DeepTraversal, and everywhere without one", async () => {
    const bench = startBench();
    const query = [folder("inbox"), words("invoice")];
    expect(subjects(await ask(bench, request({ query })))).toEqual(["Invoice one"]);
    const deep = [emptyElement(Find.DeepTraversal)];
    expect(subjects(await ask(bench, request({ query, options: deep })))).toEqual([
      "Invoice two",
      "Invoice one",
    ]);
    expect(subjects(await ask(bench, request()))).toHaveLength(2);
  });

  it("pages through a search, and begins each one with its first result: 4", async () => {
    const bench = startBench();
    const page = (text: string, wish: Wish = {}) => ask(bench, request({ ...wish, options: [range(text)] }));
    expect(await page("1-1")).toEqual(answered(4));
    expect(tail(await page("0-0"))).toContain('["Range","0-0"],["Total","2"]');
    const second = await page("1-1");
    expect([subjects(second), tail(second)]).toEqual([["Invoice one"], expect.stringContaining('"1-1"')]);
    expect(await page("1-1", { searchId: "s2" })).toEqual(answered(4));
    expect(await page("1-1", { query: [words("pay")] })).toEqual(answered(4));
    expect(await page("1-1")).not.toEqual(answered(4));
  });

  it("sends a hundred at most", async () => {
    const bench = new CommandBench();
    for (let count = 0; count < 120; count += 1) {
      bench.mailbox.deliver(user, `Subject: many ${count}\r\n\r\n`);
    }
    const page = (text: string) => ask(bench, request({ query: [words("many")], options: [range(text)] }));
    expect(tail(await page("0-999"))).toContain('["Range","0-99"],["Total","120"]');
    expect(tail(await page("100-999"))).toContain('["Range","100-119"],["Total","120"]');
  });

  it("has a Range and a Total when nothing is found", async () => {
    const found = await ask(startBench(), request({ query: [words("nothing")] }));
    expect(found).toEqual(answered(1, ["Range", "0-0"], ["Total", "0"]));
  });

  it("passes over an item that cannot be read", async () => {
    const bench = startBench();
    const [[id]] = [...bench.mailbox.snapshot(user, "below")] as [[string, unknown]];
    bench.mailbox.poison(user, "below", id);
    const found = await ask(bench, request());
    expect([subjects(found), tail(found)]).toEqual([["Invoice one"], expect.stringContaining('"0-1"')]);
  });

  it("answers 3 for a folder that is not there", async () => {
    expect(await ask(startBench(), request({ query: [folder("gone"), words("x")] }))).toEqual(refused(3));
  });

  it("answers 2 when the back end cannot look for it, or for mails at all", async () => {
    const simple = startBench();
    simple.mailbox.search = async () => ({ kind: "too-complex" });
    expect(await ask(simple, request())).toEqual(refused(2));
    const unable = startBench();
    Object.assign(unable.mailbox, { search: undefined, findInDirectory: undefined });
    expect(await ask(unable, request())).toEqual(refused(2));
    expect(await ask(unable, people("bob"))).toEqual(refused(2));
  });

  it("is unavailable when the mailbox is", async () => {
    const bench = startBench();
    bench.mailbox.faults.failWith(new Error("down"), ["search"]);
    expect((await bench.send(find, request())).outcome).toMatchObject({ kind: "unavailable" });
  });

  it.each([
    ["no SearchId", request({ searchId: "" })],
    ["no words", request({ query: [words(" ")] })],
    ["calendar items", request({ query: [textElement(AirSync.Class, "Calendar"), words("x")] })],
    ["a property that cannot be looked for", request({ query: [words("hasattachment:true")] })],
    ["a range that is none", request({ options: [range("x")] })],
    ["a range beyond 999", request({ options: [range("0-1000")] })],
    ["another criterion", request({ tag: Find.Query })],
    ["nothing to look for", element(Find.Find, [textElement(Find.SearchId, "s1")])],
    ["another document", element(Find.Query, [])],
    ["no document", undefined],
  ])("refuses %s with Status 2", async (_name, document) => {
    expect(await ask(startBench(), document)).toEqual(refused(2));
  });
});

describe("Find of people", () => {
  it("shows entries of the address list, with photos if they are wanted", async () => {
    const found = await ask(startBench(), people("bob", emptyElement(Find.Picture)));
    const entry = (name: string, email: string, ...picture: readonly unknown[]) => [
      "Result",
      [
        "Properties",
        ["DisplayName", name],
        ["FirstName", name],
        ["EmailAddress", email],
        ["Picture", ...picture],
      ],
    ];
    expect(found).toEqual(
      answered(
        1,
        entry("Bob", "bob@example.com", ["Status", "1"], ["Data", [7]]),
        entry("Bobby", "bobby@example.com", ["Status", "173"]),
        ["Range", "0-1"],
        ["Total", "2"],
      ),
    );
    expect(JSON.stringify(await ask(startBench(), people("bob")))).not.toContain("Picture");
  });

  it("refuses no words, and limits that are none", async () => {
    expect(await ask(startBench(), people(" "))).toEqual(refused(2));
    const picture = element(Find.Picture, [textElement(Find.MaxSize, "big")]);
    expect(await ask(startBench(), people("bob", picture))).toEqual(refused(2));
  });

  it("is advertised with either ability", () => {
    const supportedBy = (mailbox: object) => find.supportedBy?.(mailbox as Mailbox, undefined);
    expect([supportedBy({ search: ask }), supportedBy({ findInDirectory: ask }), supportedBy({})]).toEqual([
      true,
      true,
      false,
    ]);
  });
});

describe("The query language", () => {
  const text = (words: string, field?: string) => ({
    kind: "text",
    text: words,
    ...(field && { in: field }),
  });
  const all = (...of: readonly unknown[]) => ({ kind: "all", of });
  const any = (...of: readonly unknown[]) => ({ kind: "any", of });
  const not = (of: unknown) => ({ kind: "not", of });

  async function read(query: string): Promise<SearchExpression | undefined> {
    const bench = startBench();
    let asked: MailboxSearchQuery | undefined;
    bench.mailbox.search = async (_mailbox, query) => {
      asked = query;
      return { kind: "found", items: [], total: 0 };
    };
    await ask(bench, request({ query: [words(query)] }));
    return asked?.expression;
  }

  it.each([
    ["one", text("one")],
    ["one two", all(text("one"), text("two"))],
    ['"one two" three', all(text("one two"), text("three"))],
    ["from:bob Subject:lunch", all(text("bob", "from"), text("lunch", "subject"))],
    ['subject:"two words"', text("two words", "subject")],
    [
      "participants:x body=y cc:z bcc:b to:t",
      all(text("x", "participants"), text("y", "body"), text("z", "cc"), text("b", "bcc"), text("t", "to")),
    ],
    ["a OR b c", any(text("a"), all(text("b"), text("c")))],
    ["a AND (b OR c)", all(text("a"), any(text("b"), text("c")))],
    ["NOT a -b NOT NOT c", all(not(text("a")), not(text("b")), text("c"))],
    ["or and not", all(text("or"), text("and"), text("not"))],
    ["inv*", text("inv")],
    ["http://example.com 10:30", all(text("http://example.com"), text("10:30"))],
    [") a ( b", all(text("a"), text("b"))],
    ["AND a OR", text("a")],
    ['"open', text("open")],
  ])("reads %s", async (query, expected) => {
    expect(await read(query)).toEqual(expected);
  });

  it.each(["received:today", "size>10", "IsRead:true", "(".repeat(17)])("refuses %s", async (query) => {
    expect(await ask(startBench(), request({ query: [words(query)] }))).toEqual(refused(2));
  });

  it("finds what it says", async () => {
    const found = async (query: string) =>
      subjects(await ask(startBench(), request({ query: [words(query)] })));
    expect(await found("subject:one")).toEqual(["Invoice one"]);
    expect(await found("participants:carol")).toEqual(["Invoice one"]);
    expect(await found("invoice NOT two")).toEqual(["Invoice one"]);
    expect(await found("one OR two")).toHaveLength(2);
    expect(await found("subject:pay")).toEqual([]);
    expect(await found('"please pa"')).toHaveLength(2);
    expect(await found("nvoice")).toEqual([]);
  });
});

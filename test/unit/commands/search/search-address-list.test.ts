import { describe, expect, it } from "vitest";
import { search } from "../../../../src/commands/search/index.js";
import type { DirectoryEntry } from "../../../../src/mailbox/abilities/directory.js";
import type { Mailbox } from "../../../../src/mailbox/mailbox.js";
import { MemoryMailbox } from "../../../../src/testing/memory-mailbox.js";
import { element, emptyElement, Search, textElement } from "../../../../src/wbxml/index.js";
import { CommandBench } from "../command-context.js";
import { and, ask, type Parts, propertyOf, store } from "./search-bench.js";

const photo = (size: number) => new Uint8Array(size).fill(7);
const people: readonly DirectoryEntry[] = [
  {
    displayName: "John Frum",
    emailAddress: "john@example.com",
    alias: "jf",
    firstName: "John",
    lastName: "Frum",
    phone: "1",
    homePhone: "2",
    mobilePhone: "3",
    office: "4",
    title: "5",
    company: "6",
    photo: photo(10),
  },
  { displayName: "Barry Johnson", emailAddress: "barry@example.com", photo: photo(30) },
  { displayName: "James Littlejohn", emailAddress: "james@example.com", photo: photo(10) },
  { displayName: "Zoe", emailAddress: "zoe@example.com", lastName: "Last" },
];

class BenchWithPeople extends CommandBench {
  override readonly mailbox = new MemoryMailbox({ clock: this.clock, people });
}

const gal = (text: string, options: Parts = []) => store("GAL", textElement(Search.Query, text), options);
const picture = (size?: number, count?: number) =>
  element(Search.Picture, [
    size === undefined ? undefined : textElement(Search.MaxSize, size),
    count === undefined ? undefined : textElement(Search.MaxPictures, count),
  ]);

describe("Search of the address list", () => {
  it("finds who has words that begin so, in any letter case", async () => {
    const answered = await ask(new BenchWithPeople(), gal("JOHN"));
    expect(answered).toMatchObject({ status: "1", range: "0-1", total: "2" });
    expect(propertyOf(answered, "DisplayName")).toEqual(["Barry Johnson", "John Frum"]);
  });

  it("tells everything of an entry, and a first name of everyone who has no name in parts", async () => {
    const bench = new BenchWithPeople();
    const [john] = (await ask(bench, gal("frum"))).results;
    expect(john).toEqual([
      "Result",
      [
        "Properties",
        ["DisplayName", "John Frum"],
        ["Phone", "1"],
        ["Office", "4"],
        ["Title", "5"],
        ["Company", "6"],
        ["Alias", "jf"],
        ["FirstName", "John"],
        ["LastName", "Frum"],
        ["HomePhone", "2"],
        ["MobilePhone", "3"],
        ["EmailAddress", "john@example.com"],
      ],
    ]);
    expect(propertyOf(await ask(bench, gal("barry")), "FirstName")).toEqual(["Barry Johnson"]);
    expect(propertyOf(await ask(bench, gal("zoe")), "FirstName")).toEqual([]);
  });

  it("has a Range and a Total when nobody is found", async () => {
    const answered = await ask(new BenchWithPeople(), gal("nobody"));
    expect(answered).toEqual({ status: "1", results: [["Result", ""]], range: "0-0", total: "0" });
  });

  it("gives the part that is asked for, and Status 12 beyond the hundredth", async () => {
    const bench = new BenchWithPeople();
    const range = (text: string) => [textElement(Search.Range, text)];
    const answered = await ask(bench, gal("example", range("1-2")));
    expect(answered).toMatchObject({ range: "1-2", total: "4" });
    expect(propertyOf(answered, "DisplayName")).toEqual(["James Littlejohn", "John Frum"]);
    expect(await ask(bench, gal("example", range("0-100")))).toMatchObject({ status: "12", range: "0-3" });
    expect(await ask(bench, gal("example", range("100-101")))).toMatchObject({ status: "12", results: [] });
    expect((await ask(bench, gal("example", range("all")))).status).toBe("2");
  });

  it("sends photos within the limits: 173 none, 174 too large, 175 too many", async () => {
    const bench = new BenchWithPeople();
    const statuses = async (wish: ReturnType<typeof picture>) =>
      propertyOf(await ask(bench, gal("example", [wish])), "Status");
    expect(await statuses(picture(20, 1))).toEqual(["174", "1", "175", "173"]);
    expect(await statuses(picture(30))).toEqual(["1", "1", "1", "173"]);
    expect(await statuses(picture(undefined, 0))).toEqual(["175", "175", "175", "173"]);
    expect((await ask(bench, gal("example", [picture(-1)]))).status).toBe("2");
  });

  it("takes an empty Picture, as iOS sends it, for no limits", async () => {
    const answered = await ask(new BenchWithPeople(), gal("john frum", [emptyElement(Search.Picture)]));
    expect(answered.results[0]?.[1]?.at(-1)).toEqual([
      "Picture",
      ["Status", "1"],
      ["Data", Array.from({ length: 10 }, () => 7)],
    ]);
  });

  it.each(["12.1", "14.0"] as const)("has no photos in version %s", async (version) => {
    const answered = await ask(new BenchWithPeople(), gal("frum", [picture()]), version);
    expect(propertyOf(answered, "Status")).toEqual([]);
  });

  it("refuses an empty query, and one for items", async () => {
    expect((await ask(new BenchWithPeople(), gal(" "))).status).toBe("2");
    expect(
      (await ask(new BenchWithPeople(), store("GAL", and(textElement(Search.FreeText, "x"))))).status,
    ).toBe("2");
  });

  it("answers 3 when the address list fails", async () => {
    const bench = new BenchWithPeople();
    bench.mailbox.faults.failWith(new Error("no directory"), ["findInDirectory"]);
    expect((await ask(bench, gal("x"))).status).toBe("3");
  });

  it("knows everyone who has a mailbox when it was given no list", async () => {
    const bench = new CommandBench();
    bench.mailbox.deliver("bob@example.com", "Subject: x\r\n\r\n");
    expect(propertyOf(await ask(bench, gal("bob")), "EmailAddress")).toEqual(["bob@example.com"]);
  });
});

describe("Search with half of what it needs", () => {
  const ability = (name: "search" | "findInDirectory") => {
    const bench = new CommandBench();
    const other = name === "search" ? "findInDirectory" : "search";
    Object.assign(bench.mailbox, { [other]: undefined });
    return bench;
  };

  it("answers 13 for the store that is not there", async () => {
    expect((await ask(ability("search"), gal("x"))).status).toBe("13");
    const items = store("Mailbox", and(textElement(Search.FreeText, "x")));
    expect((await ask(ability("findInDirectory"), items)).status).toBe("13");
  });

  it("is advertised with either ability alone, and not without both", () => {
    const supportedBy = (mailbox: object) => search.supportedBy?.(mailbox as Mailbox, undefined);
    const call = async () => undefined;
    expect(supportedBy({ search: call })).toBe(true);
    expect(supportedBy({ findInDirectory: call })).toBe(true);
    expect(supportedBy({})).toBe(false);
  });
});

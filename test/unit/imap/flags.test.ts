import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { flaggedPartOf, isDeleted, itemFlagsOf, itemStateOf, versionOf } from "../../../src/imap/flags.js";
import { categoriesOf, categoryOf, keywordChanges, keywordOf } from "../../../src/imap/flags-keywords.js";

/** An atom of RFC 9051. */
const atom = /^[!#$&'+,\-./0-9:;<=>?@A-Z[^_`a-z|}~]+$/;

describe("flags of messages", () => {
  test("are the flags that devices see, in upper and lower case", () => {
    const flags = new Set(["\\seen", "\\Flagged", "Work", "$Forwarded", "NonJunk"]);
    expect(itemFlagsOf(flags)).toEqual({ read: true, followUp: "1", categories: "Work" });
    expect(itemFlagsOf(new Set())).toEqual({ read: false, followUp: "", categories: "" });
    expect(isDeleted(new Set(["\\DELETED"]))).toBe(true);
  });

  test("leave the version alone, but for an answer and a forward", () => {
    expect(versionOf(new Set(["\\Seen", "\\Flagged", "Work"]))).toBe(versionOf(new Set()));
    const versions = [[], ["\\Answered"], ["$Forwarded"], ["\\Answered", "$Forwarded"]];
    expect(new Set(versions.map((flags) => versionOf(new Set(flags)))).size).toBe(4);
  });

  test("make the parts of a mail that they tell, and nothing that they do not", () => {
    const receivedMs = 1_000;
    expect(flaggedPartOf({ flags: new Set(), receivedMs })).toEqual({ read: false, dateReceivedMs: 1_000 });
    const flags = new Set(["\\Seen", "\\Flagged", "\\Answered", "\\Draft", "b", "a"]);
    expect(flaggedPartOf({ flags, receivedMs })).toEqual({
      read: true,
      dateReceivedMs: 1_000,
      flag: { status: "active" },
      categories: ["a", "b"],
      lastVerb: { executed: "reply", atMs: 1_000 },
      isDraft: true,
    });
    expect(itemStateOf({ flags, receivedMs }).dateMs).toBe(1_000);
    const forwarded = flaggedPartOf({ flags: new Set(["$forwarded"]), receivedMs });
    expect(forwarded.lastVerb).toEqual({ executed: "forward", atMs: 1_000 });
  });
});

describe("keywords", () => {
  test("are categories, with what a keyword cannot have written in digits", () => {
    expect(keywordOf("Work")).toBe("Work");
    expect(keywordOf("Rote Kategorie")).toBe("Rote=20Kategorie");
    expect(keywordOf("50%")).toBe("50=25");
    expect(categoryOf("Rote=20kategorie")).toBe("Rote kategorie");
  });

  test("of other programs are shown as they are, and those for programs not at all", () => {
    expect(categoryOf("a=zz")).toBe("a=zz");
    expect(categoryOf("=FF=FE")).toBe("=FF=FE");
    expect(categoryOf("a=62")).toBe("a=62");
    for (const keyword of ["\\Seen", "$MDNSent", "$label1", "Junk", "nonjunk", ""]) {
      expect(categoryOf(keyword)).toBeUndefined();
    }
  });

  test("that a server would not take, or would take for another, are none", () => {
    for (const category of ["", " ", "Junk", "\u{1f4ce}".repeat(20)])
      expect(keywordOf(category)).toBeUndefined();
    expect(keywordOf("$label1")).toBe("=24label1");
  });

  test("give each category back", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 12 }), (text) => {
        const keyword = keywordOf(text);
        if (keyword === undefined) return;
        expect(keyword).toMatch(atom);
        expect(categoryOf(keyword)).toBe(text.trim());
      }),
    );
  });

  test("change no more than is wanted", () => {
    const flags = new Set(["\\Seen", "Work", "home", "$Forwarded"]);
    expect(keywordChanges(flags, ["Home", "New one"])).toEqual({ add: ["New=20one"], remove: ["Work"] });
    expect(keywordChanges(flags, [])).toEqual({ add: [], remove: ["Work", "home"] });
    expect(categoriesOf(flags)).toEqual(["Work", "home"]);
  });
});

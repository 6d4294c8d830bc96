import type { MessageStructureObject } from "imapflow";
import { describe, expect, test } from "vitest";
import { bodyOfParts } from "../../../src/imap/body.js";
import { bodyPlanOf } from "../../../src/imap/body-plan.js";
import { type MessageStructure, structureOf } from "../../../src/imap/structure.js";
import type { BodyPreference, ItemView } from "../../../src/mailbox/mailbox.js";

type Node = MessageStructureObject;

/** Numbers the parts as a server does. */
function multipart(subtype: string, childNodes: readonly Node[], details: Partial<Node> = {}): Node {
  return { type: `multipart/${subtype}`, childNodes: [...childNodes], ...details };
}

function numbered(node: Node, path: readonly number[] = []): Node {
  const children = node.childNodes?.map((child, index) => numbered(child, [...path, index + 1]));
  const part = path.length === 0 ? {} : { part: path.join(".") };
  return { ...node, ...part, ...(children === undefined ? {} : { childNodes: children }) };
}

const leaf = (type: string, size = 1_000, details: Partial<Node> = {}): Node => ({
  type,
  size,
  encoding: "7BIT",
  ...details,
});
const plain = leaf("text/plain");
const html = leaf("text/html", 5_000);
const picture = leaf("image/png", 9_000, { id: "<picture@x>", encoding: "base64" });

function names(structure: MessageStructure): unknown {
  return {
    blocks: structure.blocks.map((block) => [block.plain?.part, block.html?.part]),
    attachments: structure.attachments.map(({ part }) => part),
  };
}

describe("what a message consists of", () => {
  test("is one part", () => {
    expect(names(structureOf(plain))).toEqual({ blocks: [["1", undefined]], attachments: [] });
    expect(names(structureOf(leaf("application/pdf")))).toEqual({ blocks: [], attachments: ["1"] });
  });

  test("is a text in two formats, with pictures and files", () => {
    const related = multipart("related", [html, picture]);
    const root = multipart("mixed", [multipart("alternative", [plain, related]), leaf("application/pdf")]);
    const structure = structureOf(numbered(root));
    expect(names(structure)).toEqual({ blocks: [["1.1", "1.2.1"]], attachments: ["1.2.2", "2"] });
    expect(structure.attachments[0]).toMatchObject({ contentId: "picture@x", isRelated: true });
  });

  test("is a text in several parts", () => {
    const root = multipart("mixed", [plain, picture, html, plain]);
    expect(names(structureOf(numbered(root)))).toEqual({
      blocks: [
        ["1", undefined],
        [undefined, "3"],
        ["4", undefined],
      ],
      attachments: ["2"],
    });
  });

  test("is HTML that a related part names as its root", () => {
    const root = multipart("related", [picture, { ...html, id: "<root>" }], {
      parameters: { start: "<root>" },
    });
    expect(names(structureOf(numbered(root)))).toEqual({ blocks: [[undefined, "2"]], attachments: ["1"] });
  });

  test("is an invitation, whose calendar is an alternative", () => {
    const root = multipart("alternative", [plain, html, leaf("text/calendar")]);
    const structure = structureOf(numbered(root));
    expect(structure.calendar?.part).toBe("3");
    expect(structure.blocks).toHaveLength(1);
  });

  test("is text in attachments alone", () => {
    const root = multipart("mixed", [
      { ...plain, disposition: "attachment" },
      { ...plain, parameters: { name: "read me.txt" } },
      { ...plain, disposition: "inline", dispositionParameters: { filename: "shown.txt" } },
    ]);
    expect(names(structureOf(numbered(root)))).toEqual({
      blocks: [["3", undefined]],
      attachments: ["1", "2"],
    });
  });

  test("is a message within it, that is not looked into", () => {
    const inner = leaf("message/rfc822", 500, { childNodes: [{ ...html, part: "2.1" }] });
    expect(names(structureOf(numbered(multipart("mixed", [plain, inner]))))).toEqual({
      blocks: [["1", undefined]],
      attachments: ["2"],
    });
  });

  test("is bounded, however deep or many the parts are", () => {
    let deep: Node = plain;
    for (let depth = 0; depth < 5_000; depth += 1) deep = multipart("mixed", [deep]);
    expect(names(structureOf(deep))).toEqual({ blocks: [], attachments: [] });
    const many = multipart(
      "mixed",
      Array.from({ length: 5_000 }, () => picture),
    );
    expect(structureOf(numbered(many)).attachments).toHaveLength(1_000);
  });
});

const preference = (
  type: BodyPreference["type"],
  truncationBytes?: number,
  details: Partial<BodyPreference> = {},
): BodyPreference => ({ type, truncationBytes, allOrNone: false, previewCharacters: 0, ...details });
const view = (...bodies: BodyPreference[]): ItemView => ({ bodies, withBody: true });
const both = structureOf(
  numbered(multipart("alternative", [leaf("text/plain", 50_000), leaf("text/html", 90_000)])),
);
const htmlOnly = structureOf(leaf("text/html", 900_000));
const fetches = (structure: MessageStructure, wanted: ItemView): unknown =>
  bodyPlanOf(structure, wanted).formats.flatMap(({ format, ranges }) =>
    ranges.map(({ part, maxBytes }) => [format, part.part, maxBytes]),
  );

describe("what is fetched for a view", () => {
  test("is the first format that the body can be had in", () => {
    expect(fetches(both, view())).toEqual([["plain", "1", undefined]]);
    expect(fetches(both, view(preference("html"), preference("plain")))).toEqual([["html", "2", undefined]]);
    expect(fetches(both, view(preference("rtf"), preference("plain")))).toEqual([["plain", "1", undefined]]);
    expect(fetches(structureOf(plain), view(preference("html"), preference("plain")))).toEqual([
      ["plain", "1", undefined],
    ]);
    expect(fetches(structureOf(plain), view(preference("html")))).toEqual([]);
    expect(fetches(both, { bodies: [], withBody: false })).toEqual([]);
  });

  test("is no more than is wanted of it", () => {
    expect(fetches(both, view(preference("html", 20_000)))).toEqual([["html", "2", 20_004]]);
    expect(fetches(both, view(preference("plain", 500)))).toEqual([["plain", "1", 2_048]]);
    expect(fetches(both, view(preference("plain", 50_000)))).toEqual([["plain", "1", undefined]]);
    expect(fetches(htmlOnly, view(preference("plain", 1_000)))).toEqual([["html", "1", 73_540]]);
  });

  test("is the next format as well where the first is left out when it is too long", () => {
    const all = { allOrNone: true };
    expect(fetches(both, view(preference("html", 20_000, all), preference("plain", 2_000)))).toEqual([
      ["html", "2", 20_004],
      ["plain", "1", 2_048],
    ]);
  });

  test("is one format alone, whatever comes after it", () => {
    const wanted = view(preference("plain", 3_000), preference("html", 20_000));
    expect(fetches(both, wanted)).toEqual([["plain", "1", 3_004]]);
  });

  test("is the HTML of a message part beside the body", () => {
    const part = { bodyPart: preference("html", 20_000) };
    expect(fetches(both, { ...view(preference("plain", 3_000)), ...part })).toEqual([
      ["plain", "1", 3_004],
      ["html", "2", 20_004],
    ]);
    expect(fetches(both, { ...view(preference("html", 30_000)), ...part })).toEqual([["html", "2", 30_004]]);
    expect(fetches(both, { ...view(preference("html", 17_000)), ...part })).toEqual([["html", "2", 20_004]]);
    expect(fetches(both, { ...view(), ...part, withBody: false })).toEqual([]);
  });

  test("is as much plain text as a message part is made of where there is no HTML", () => {
    const text = structureOf(leaf("text/plain", 50_000));
    const wanted = { ...view(preference("plain", 3_000)), bodyPart: preference("html", 20_000) };
    expect(fetches(text, wanted)).toEqual([["plain", "1", 20_004]]);
  });

  test("is the message itself where it is asked for", () => {
    expect(bodyPlanOf(both, view(preference("mime"))).mime).toBe("all");
    expect(bodyPlanOf(both, view(preference("mime", 1_000), preference("html"))).mime).toBe(1_004);
    expect(bodyPlanOf(both, view(preference("html"))).mime).toBe("none");
    expect(fetches(both, view(preference("mime", 3_000)))).toEqual([["plain", "1", 3_004]]);
  });
});

describe("the body of parts", () => {
  const blocks = structureOf(
    numbered(multipart("mixed", [leaf("text/plain", 3), leaf("text/html", 8), leaf("text/plain", 5)])),
  );
  const fetched = new Map([
    ["1", Buffer.from("a<b")],
    ["2", Buffer.from("<p>c</p>")],
    ["3", Buffer.from("d\r\ne\n")],
  ]);

  test("is one text of all blocks", () => {
    const plan = bodyPlanOf(blocks, view(preference("html")));
    expect(bodyOfParts(blocks, plan.formats, fetched)).toEqual({
      native: "html",
      html: { data: "<div>a&lt;b</div><br>\r\n<p>c</p><br>\r\n<div>d<br>\r\ne</div>" },
    });
  });

  test("tells how long it is when it was cut off", () => {
    const long = structureOf(leaf("text/plain", 40_000));
    const plan = bodyPlanOf(long, view(preference("plain", 5_000)));
    const body = bodyOfParts(long, plan.formats, new Map([["1", Buffer.alloc(5_004, "x")]]));
    expect(body.plain?.fullSizeBytes).toBe(40_000);
    expect(body.plain?.data.length).toBe(5_004);
  });

  test("is empty where the server gave nothing", () => {
    const plan = bodyPlanOf(both, view());
    expect(bodyOfParts(both, plan.formats, new Map()).plain?.data).toBe("");
    const none = structureOf(leaf("application/pdf"));
    expect(bodyOfParts(none, bodyPlanOf(none, view()).formats, new Map()).native).toBe("plain");
  });
});

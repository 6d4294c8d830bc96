import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readXml, xmlText } from "../../../src/http/xml-document.js";

describe("readXml", () => {
  it("reads elements, text, prefixes, attributes, comments and references", () => {
    const text = `<?xml version="1.0" encoding="utf-8"?><!-- <a> -->
      <x:A xmlns:x="urn:x" b = 'c'><B>1 &lt; 2 &amp; &#65;&#x42;</B ><C/><D attribute="a>b"></D></x:A>`;
    expect(readXml(text)).toEqual({
      name: "A",
      text: "",
      children: [
        { name: "B", text: "1 < 2 & AB", children: [] },
        { name: "C", text: "", children: [] },
        { name: "D", text: "", children: [] },
      ],
    });
  });

  it.each([
    ["nothing", ""],
    ["text alone", "hello"],
    ["text after the root", "<a/>x"],
    ["two roots", "<a/><b/>"],
    ["an element that is not closed", "<a><b></a>"],
    ["an end too many", "<a/></a>"],
    ["a document type", '<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>'],
    ["an entity of nobody", "<a>&e;</a>"],
    ["a bare ampersand", "<a>a & b</a>"],
    ["CDATA", "<a><![CDATA[x]]></a>"],
    ["an open comment", "<a><!-- </a>"],
    ["elements nested too deep", `${"<a>".repeat(17)}${"</a>".repeat(17)}`],
  ])("refuses %s", (_, text) => {
    expect(readXml(text)).toBeUndefined();
  });

  it("reads any text that was escaped, and never throws", () => {
    const character = fc.oneof(
      fc.constantFrom("&", "<", ">", '"', "'", "#", ";"),
      fc.string({ unit: "grapheme" }),
    );
    fc.assert(
      fc.property(fc.array(character), (characters) => {
        const text = characters.join("").replace(/\p{Cc}/gu, "");
        expect(readXml(`<a>${xmlText(text)}</a>`)?.text).toBe(text);
        readXml(characters.join(""));
      }),
    );
  });

  it("is done at once with long input that goes nowhere", () => {
    for (const piece of ["<a ", "<!--", '<a b="', "&#1;", "<a>", "< a", ' b="c"']) {
      expect(readXml(`<a${piece.repeat(16_000)}`)).toBeUndefined();
    }
  });

  it("leaves out what XML has no characters for", () => {
    expect(xmlText("a\u0000\u000b\ufffeb")).toBe("ab");
  });
});

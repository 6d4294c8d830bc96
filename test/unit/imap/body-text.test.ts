import { describe, expect, test } from "vitest";
import { textFormOf, textOf } from "../../../src/imap/body-text.js";

const read = (
  bytes: Buffer,
  parameters: Record<string, string> = {},
  type = "text/plain",
  isWhole = true,
): string => textOf(bytes, textFormOf(type, parameters), isWhole);
const latin = (text: string): Buffer => Buffer.from(text, "latin1");

describe("the text of a part", () => {
  test.each([
    ["utf-8", Buffer.from("Grüße"), "Grüße"],
    ["UTF8", Buffer.from("Grüße"), "Grüße"],
    ["iso-8859-1", latin("Grüße"), "Grüße"],
    ['"iso-8859-1"', latin("Grüße"), "Grüße"],
    ["cp-1252", latin("Grüße"), "Grüße"],
    ["koi8-r", Buffer.from([0xd0, 0xd2, 0xc9, 0xd7, 0xc5, 0xd4]), "привет"],
    ["iso-2022-jp", Buffer.from("\u001b$B$3$s\u001b(B", "latin1"), "こん"],
    ["us-ascii", Buffer.from("Grüße"), "Grüße"],
    ["us-ascii", latin("Grüße"), "Grüße"],
    ["x-unknown", latin("Grüße"), "Grüße"],
    ["no such charset", Buffer.from("Grüße"), "Grüße"],
    ["utf-8", latin("Grüße"), "Grüße"],
    ["utf-8", Buffer.concat([Buffer.from("Grüße "), Buffer.from([0xff])]), "Grüße \uFFFD"],
    ["utf-8", Buffer.from("\uFEFFHello"), "Hello"],
  ])("in %s", (charset, bytes, text) => {
    expect(read(bytes, { charset })).toBe(text);
  });

  test("without a charset is UTF-8 if it can be", () => {
    expect(read(Buffer.from("Grüße"))).toBe("Grüße");
    expect(read(latin("Grüße"))).toBe("Grüße");
  });

  test("that is HTML may name its charset itself", () => {
    const html = '<html><head><meta http-equiv="Content-Type" content="text/html; charset=koi8-r"></head>';
    const bytes = Buffer.concat([Buffer.from(html), Buffer.from([0xd0, 0xd2])]);
    expect(read(bytes, {}, "text/html")).toBe(`${html}пр`);
    expect(read(bytes, { charset: "windows-1252" }, "text/html")).toBe(`${html}ÐÒ`);
  });

  test("that was cut off ends with a whole character", () => {
    const bytes = Buffer.from("Grüße").subarray(0, 3);
    expect(read(bytes, { charset: "utf-8" }, "text/plain", false)).toBe("Gr");
    const japanese = Buffer.from([0x82, 0xb1, 0x82]);
    expect(read(japanese, { charset: "shift_jis" }, "text/plain", false)).toBe("こ");
  });

  test("that flows has whole paragraphs", () => {
    const flowed = [
      "A paragraph that ",
      "goes on. ",
      "",
      "> Quoted ",
      "> text.",
      ">> Deeper ",
      "and not.",
      " From here",
      "-- ",
      "Carol",
    ];
    expect(read(Buffer.from(flowed.join("\r\n")), { format: "Flowed" }).split("\r\n")).toEqual([
      "A paragraph that goes on. ",
      "> Quoted text.",
      ">> Deeper ",
      "and not.",
      "From here",
      "-- ",
      "Carol",
    ]);
    expect(read(Buffer.from("with \r\nout"), { format: "flowed", delsp: "yes" })).toBe("without");
    expect(read(Buffer.from("not \r\nflowed"))).toBe("not \r\nflowed");
  });
});

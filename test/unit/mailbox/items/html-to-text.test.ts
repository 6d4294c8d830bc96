import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { htmlToText } from "../../../../src/mailbox/items/html-to-text.js";
import { previewOfText } from "../../../../src/mailbox/items/preview.js";

describe("htmlToText", () => {
  it.each([
    ["text alone", "Hello", "Hello"],
    ["white space", "  a \n b\tc  ", "a b c"],
    ["inline tags", "a<b>b</b> <i>c</i>", "ab c"],
    ["line breaks", "a<br>b<BR/>c", "a\r\nb\r\nc"],
    ["blocks", "<div>a</div><div>b</div>", "a\r\nb"],
    ["paragraphs", "<p>a</p><p>b</p>", "a\r\n\r\nb"],
    ["list items", "<ul><li>a</li><li>b</li></ul>", "* a\r\n* b"],
    ["table cells", "<tr><td>a</td><td>b</td></tr>", "a b"],
    ["styles and scripts", "<style>p{}</style>a<script>if (1 < 2) x()</script>b", "ab"],
    ["the head", "<html><head><title>t</title></head><body>a</body></html>", "a"],
    ["comments", "a<!-- <p>no</p> -->b", "ab"],
    ["entities", "&lt;&amp;&gt; &quot;&#228;&#xE4;&auml;&euro;&nbsp;x", '<&> "äää€ x'],
    ["unknown entities", "&bogus; &constructor; &#0; &", "&bogus; &constructor; &#0; &"],
    ["a bare less-than", "1 < 2 and 3 <4", "1 < 2 and 3 <4"],
    ["a greater-than in an attribute", '<a title="a > b" href=x>link</a>', "link"],
    ["a quote that is never closed", '<a title="x>link</a> more', "link more"],
    ["an unclosed style", "<style>p { }", "p { }"],
    ["an unclosed tag", "a<b", "a"],
    ["nothing", "", ""],
  ])("reads %s", (_what, html, text) => {
    expect(htmlToText(html)).toBe(text);
  });

  it("takes any input", () => {
    const piece = fc.oneof(
      fc.constantFrom("<", ">", "</", "<!--", "-->", "<p", "<style>", "&", "&#", '="', "'"),
      fc.string(),
    );
    const property = fc.property(fc.array(piece), (pieces) => {
      expect(typeof htmlToText(pieces.join(""))).toBe("string");
    });
    fc.assert(property);
  });

  it.each(["<style>", "<a ='>", '<a =">', "<!--", "<![", "<", "<p>", "&#", "<td "])(
    "is not slowed down by many times %s",
    (piece) => {
      // Quadratic time would take minutes here and run into the test's time limit.
      expect(typeof htmlToText(piece.repeat(200_000))).toBe("string");
    },
  );
});

describe("previewOfText", () => {
  it("is one line of at most so many characters", () => {
    expect(previewOfText(" a\r\n\r\n b  c ", 255)).toBe("a b c");
    expect(previewOfText("abcdef", 4)).toBe("abcd");
    expect(previewOfText("abcdef", 6)).toBe("abcdef");
  });

  it("splits no character", () => {
    expect(previewOfText("ab😀cd", 3)).toBe("ab");
    expect(previewOfText("ab😀cd", 4)).toBe("ab😀");
  });
});

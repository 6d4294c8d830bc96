import fc from "fast-check";
import { codePages } from "../../../src/wbxml/code-pages/code-pages.js";
import type { Tag, WbxmlContent, WbxmlElement } from "../../../src/wbxml/index.js";

const tags = codePages.flatMap((page) => Object.values(page.tags));

/** Any tag of any code page; one in ten is not listed there. */
const tag: fc.Arbitrary<Tag> = fc.oneof(
  { arbitrary: fc.constantFrom(...tags), weight: 9 },
  {
    arbitrary: fc
      .tuple(fc.nat(codePages.length - 1), fc.integer({ min: 0x05, max: 0x3f }))
      .map(([p, t]) => p * 256 + t),
    weight: 1,
  },
);

/** Text without what an encoder strips; short and long, ASCII and not, so that every path of the codec is taken. */
const sendableText: fc.Arbitrary<string> = fc
  .oneof(
    fc.string({ unit: "grapheme", maxLength: 60 }),
    fc.string({ unit: "binary", maxLength: 60 }),
    fc.string({ unit: "grapheme-ascii", maxLength: 200 }),
    fc.constantFrom("\ufffd", "a\r\n\tb", "\u007f", "\u{10ffff}", "é".repeat(40), "\ufffd".repeat(30)),
  )
  .map((text) => Array.from(text).filter(isSendable).join(""));

/** A leaf or container whose content is not empty, or `null`. */
const content: fc.Memo<WbxmlContent> = fc.memo((depth) => {
  const leaf: fc.Arbitrary<WbxmlContent> = fc.oneof(
    fc.constant(null),
    sendableText.map((text) => (text === "" ? null : text)),
    fc.uint8Array({ minLength: 1, maxLength: 300 }),
  );
  if (depth <= 1) return leaf;
  return fc.oneof(leaf, fc.array(element(depth - 1), { minLength: 1, maxLength: 5 }));
});

const element: fc.Memo<WbxmlElement> = fc.memo((depth) =>
  fc.record({ tag, content: content(depth) }, { noNullPrototype: true }),
);

/** Documents over all code pages whose empty elements are `null`, as {@link decode} gives them. */
export const arbitraryDocument: fc.Arbitrary<WbxmlElement> = element(6);

function isSendable(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return code === 0x09 || code === 0x0a || code === 0x0d;
  return !(code >= 0xd800 && code <= 0xdfff) && code !== 0xfffe && code !== 0xffff;
}
